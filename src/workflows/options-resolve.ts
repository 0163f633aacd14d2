import { nearest, OptionError } from "../base/index.js";
import { describeGiven } from "./options-kinds.js";
import { pythonNames, readPythonFlag } from "./options-python-names.js";
import { canonicalName, namesOf, type OptionRow, type OptionTable } from "./options-row.js";

/** A value that somebody gave, under the name they used. */
export interface GivenOption {
  /** A flag, a key of a config file or one of TypeScript: `--learning-rate`, `learning_rate`, `learningRate`. */
  readonly name: string;
  readonly value: unknown;
  /** Where: begins the error message. `--learning-rate`, or `run.yaml, line 3: learning_rate`. */
  readonly place: string;
}

/** Options read, and what the user should know of how. */
export interface ResolvedOptions<Options> {
  readonly options: Options;
  readonly notes: readonly string[];
}

/**
 * Typed options from what was given as text or plain values; of several values for an option the last one holds.
 * A name that nobody knows is answered with the nearest one.
 *
 * ```ts
 * const given = [{ name: "--learning_rate", value: "2e-5", place: "--learning_rate" }];
 * resolveOptions(fineTuneRows, given).options.learningRate; // 0.00002
 * ```
 */
export function resolveOptions<Options>(
  rows: OptionTable<Options>,
  given: readonly GivenOption[],
): ResolvedOptions<Options> {
  const byName = rowsByName(rows);
  const options: Record<string, unknown> = {};
  const notes = new Set<string>();
  for (const { name, value, place } of given) {
    const row = byName.get(canonicalName(name));
    if (row !== undefined) {
      if (value === null || row.unsetBy.includes(String(value))) delete options[row.key];
      else options[row.key] = readValue(row, value, place);
      continue;
    }
    const meaning = takesPythonNames(byName) ? readPythonFlag(name, value, place) : undefined;
    if (meaning === undefined) throw unknownName(name, place, byName);
    if (meaning.option !== undefined && byName.has(canonicalName(meaning.option.key)))
      options[meaning.option.key] ??= meaning.option.value;
    if (meaning.note !== undefined) notes.add(`${place}: ${meaning.note}`);
  }
  for (const row of rows) {
    if (!row.required || options[row.key] !== undefined) continue;
    if (row.default === undefined) throw missing(row);
    options[row.key] = row.default;
  }
  return { options: options as Options, notes: [...notes] };
}

/** Check options that a program gave, as `resolveOptions` does: TypeScript's own check cannot see ranges. */
export function checkOptions<Options extends object>(rows: OptionTable<Options>, options: Options): Options {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return resolveOptions(
    rows,
    given.map(([name, value]) => ({ name, value, place: name })),
  ).options;
}

/** The rows of a table by all their names. */
export function rowsByName(rows: readonly OptionRow[]): ReadonlyMap<string, OptionRow> {
  return new Map(rows.flatMap((row) => namesOf(row).map((name) => [name, row])));
}

/** Read one value, which must fit its row. `place` begins the error. */
export function readValue(row: OptionRow, given: unknown, place: string): unknown {
  const value = row.kind.read(given);
  if (value !== undefined) return value;
  throw new OptionError(`${place}: expected ${row.kind.expected}, got ${describeGiven(given)}`, {
    hint: row.help,
  });
}

/** Commands that take rows of data, or train, are those that Python's scripts have too. */
function takesPythonNames(byName: ReadonlyMap<string, OptionRow>): boolean {
  return byName.has("test_file") || byName.has("max_steps");
}

function unknownName(name: string, place: string, byName: ReadonlyMap<string, OptionRow>): OptionError {
  const known = takesPythonNames(byName) ? [...byName.keys(), ...pythonNames] : [...byName.keys()];
  const near = nearest(canonicalName(name), known);
  const written = near?.replaceAll("_", "-");
  const shown = name.startsWith("-") ? `--${written}` : near;
  return new OptionError(`${place}: there is no such option`, {
    hint: near === undefined ? "see all options with --help" : `did you mean ${shown}?`,
  });
}

function missing(row: OptionRow): OptionError {
  return new OptionError(`${row.flag}: expected ${row.kind.expected}, got nothing`, { hint: row.help });
}
