import { nearest, OptionError } from "../base/index.js";
import {
  canonicalName,
  type GivenOption,
  namesOf,
  type OptionRow,
  readValue,
  resolveOptions,
} from "../workflows/options.js";
import type { AnyCommand } from "./command.js";
import { type CommonOptions, commonRows } from "./common-rows.js";
import { readConfigFile } from "./config-file.js";
import { parseWords } from "./parse-words.js";

/** What a command line asks of a command. */
export interface CommandLine {
  readonly common: CommonOptions;
  /** Absent where help is asked for: then nothing else need be right. */
  readonly options: unknown;
  /** What the user should know of how they were read. */
  readonly notes: readonly string[];
}

/** Read the words after a command's name, and the config file that they name; flags win over the file. */
export async function readCommandLine(command: AnyCommand, words: readonly string[]): Promise<CommandLine> {
  const { given, positionals } = parseWords([...command.options, ...commonRows], words);
  const common: Record<string, unknown> = {};
  const own: GivenOption[] = [];
  for (const option of given) {
    const row = commonRows.find((row) => namesOf(row).includes(canonicalName(option.name)));
    if (row === undefined) own.push(option);
    else common[row.key] = readValue(row, option.value, option.place);
  }
  const { config, help } = common as CommonOptions;
  if (help) return { common, options: undefined, notes: [] };
  const fromFile = config === undefined ? [] : await readConfigFile(config);
  const fromWords = readPositionals(command.options, positionals);
  return { common, ...resolveOptions(command.options, [...fromFile, ...own, ...fromWords]) };
}

function readPositionals(rows: readonly OptionRow[], words: readonly string[]): GivenOption[] {
  const [first] = words;
  if (first === undefined) return [];
  const row = rows.find(({ positional }) => positional);
  if (row !== undefined) return [{ name: row.key, value: [...words], place: row.kind.placeholder }];
  const near = nearest(canonicalName(first), rows.flatMap(namesOf));
  throw new OptionError(`"${first}": expected a flag, got a word that belongs to none`, {
    hint:
      near === undefined
        ? "a value stands right after its flag; one with spaces is quoted"
        : `did you mean --${near.replaceAll("_", "-")}?`,
  });
}
