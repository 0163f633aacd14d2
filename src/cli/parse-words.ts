import { OptionError } from "../base/index.js";
import type { GivenOption, OptionRow } from "../workflows/options.js";
import { canonicalName, isBarePythonName, rowsByName } from "../workflows/options.js";

/** The words of a command line, told apart. */
export interface ParsedWords {
  readonly given: readonly GivenOption[];
  /** Words that belong to no flag. */
  readonly positionals: readonly string[];
}

// a word with a space before any `=` is text, and so is a negative number
const flagPattern = /^(--?[A-Za-z][\w-]*)(?:=([\s\S]*))?$/;

/**
 * Tell flags, their values and other words apart: `--flag value`, `--flag=value`, `-f value`, `--switch`,
 * `--no-switch`; a list flag may come several times, and has several words after it where the command takes no words
 * without a flag; `--` ends the flags. Values are not read yet.
 */
export function parseWords(rows: readonly OptionRow[], words: readonly string[]): ParsedWords {
  const byName = rowsByName(rows);
  const byLetter = new Map(rows.flatMap((row) => (row.short === undefined ? [] : [[row.short, row]])));
  const given: GivenOption[] = [];
  const lists = new Map<OptionRow, string[]>();
  const positionals: string[] = [];

  const rowOf = (flag: string): OptionRow | undefined =>
    flag.startsWith("--") ? byName.get(canonicalName(flag)) : byLetter.get(flag.slice(1));
  const isFlag = (word: string): boolean => {
    const flag = flagPattern.exec(word)?.[1];
    return flag !== undefined && (flag.startsWith("--") || rowOf(flag) !== undefined);
  };

  const isValue = (word: string | undefined): boolean => word !== undefined && word !== "--" && !isFlag(word);
  const listsTakeWords = !rows.some(({ positional }) => positional);

  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") {
      positionals.push(...words.slice(i + 1));
      break;
    }
    const [, flag, attached] = flagPattern.exec(word) ?? [];
    if (flag === undefined) {
      positionals.push(word);
      continue;
    }
    const next = words[i + 1];
    const row = rowOf(flag);
    const switched = row === undefined && attached === undefined ? switchedOff(flag, byName) : undefined;
    if (switched !== undefined) {
      given.push({ name: switched.key, value: false, place: flag });
      continue;
    }
    if (row === undefined && !flag.startsWith("--")) throw unknownLetter(flag);
    const value = attached ?? valueAfter(flag, row, next, isFlag);
    if (attached === undefined && typeof value === "string") i++;
    if (row?.kind.parts !== undefined && typeof value === "string") {
      const items = lists.get(row) ?? [];
      if (!lists.has(row)) given.push({ name: row.key, value: items, place: flag });
      lists.set(row, items);
      items.push(...row.kind.parts(value));
      // what a shell makes of a pattern that is not quoted
      while (listsTakeWords && attached === undefined && isValue(words[i + 1]))
        items.push(...row.kind.parts(words[++i]!));
    } else given.push({ name: row?.key ?? flag, value, place: flag });
  }
  return { given, positionals };
}

/** The value of a flag: the word after it, or what it means alone. */
function valueAfter(
  flag: string,
  row: OptionRow | undefined,
  next: string | undefined,
  isFlag: (word: string) => boolean,
): unknown {
  const follows = next !== undefined && !isFlag(next);
  if (row === undefined) {
    // Python's own, or unknown: the table says which
    if (isBarePythonName(flag)) return follows && /^(true|false)$/i.test(next) ? next : true;
    return follows ? next : undefined;
  }
  if (row.kind.bare !== undefined) return follows && row.kind.takes?.(next) ? next : row.kind.bare;
  if (follows) return next;
  throw new OptionError(
    `${flag}: expected ${row.kind.expected}, got ${next === undefined ? "nothing" : `the flag ${next}`}`,
    { hint: `${row.help}; a value that begins with a dash is written ${flag}=-...` },
  );
}

/** The row that `--no-bucketing` switches off. */
function switchedOff(flag: string, byName: ReadonlyMap<string, OptionRow>): OptionRow | undefined {
  const name = canonicalName(flag);
  const row = name.startsWith("no_") ? byName.get(name.slice(3)) : undefined;
  return row?.kind.bare === true ? row : undefined;
}

function unknownLetter(flag: string): OptionError {
  return new OptionError(`${flag}: there is no such option`, {
    hint: "see all options with --help; a text that begins with a dash stands after --",
  });
}
