import type { OptionKind } from "./options-kinds.js";

/** One option of a command: its flag, its key in TypeScript and in config files, what it takes, and its help. */
export interface OptionRow<Value = unknown> {
  /** The key in TypeScript: `learningRate`. */
  readonly key: string;
  /** The flag: `--learning-rate`. */
  readonly flag: string;
  /** One letter: `m` for `-m`. */
  readonly short?: string;
  /** Other names, those of the Python scripts among them, in snake case. */
  readonly aliases: readonly string[];
  readonly kind: OptionKind<Value>;
  /** The value where none is given. */
  readonly default?: Value;
  /** What help says where the default is found in the run: `by the task`. */
  readonly defaultText?: string;
  /** Whether the options cannot be without it: where it is not given, the default is filled in, or it is an error. */
  readonly required: boolean;
  /** Words by which Python's scripts say that it is not given. */
  readonly unsetBy: readonly string[];
  /** Words without a flag belong to this option. */
  readonly positional: boolean;
  /** One line, lower case, with the unit. */
  readonly help: string;
  /** The heading it stands under in help. */
  readonly group: string;
}

/** The options of a command, in the order of its help. */
export interface OptionTable<Options> extends ReadonlyArray<OptionRow> {
  /** Never there: ties the rows to the type of the options they make. */
  readonly optionsType?: Options;
}

/** What is written of a row; the rest follows from its key. */
export interface RowSpec<Value> {
  readonly group: string;
  readonly help: string;
  readonly kind: OptionKind<Value>;
  /** Default: the key in kebab case. */
  readonly flag?: string;
  readonly short?: string;
  readonly aliases?: readonly string[];
  readonly default?: Value;
  readonly defaultText?: string;
  readonly required?: boolean;
  readonly unsetBy?: readonly string[];
  readonly positional?: boolean;
}

/** A row for each key of an options type: one that is missing, or takes other values, does not compile. */
export type RowSpecs<Options> = {
  readonly [Key in keyof Options]-?: RowSpec<NonNullable<Options[Key]>>;
};

/** Make the table of a command from its rows by key. */
export function optionTable<Options>(specs: RowSpecs<Options>): OptionTable<Options> {
  return Object.entries<RowSpec<unknown>>(specs).map(([key, spec]) => ({
    aliases: [],
    required: false,
    unsetBy: [],
    positional: false,
    ...spec,
    key,
    flag: `--${spec.flag ?? canonicalName(key).replaceAll("_", "-")}`,
  }));
}

/** All names of an option, canonical: its flag, its key, its aliases. */
export function namesOf(row: OptionRow): string[] {
  return [...new Set([canonicalName(row.flag), canonicalName(row.key), ...row.aliases])];
}

/** A name as it is compared: `--learning-rate`, `learning_rate` and `learningRate` are all `learning_rate`. */
export function canonicalName(name: string): string {
  return name
    .replace(/^--?/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .replaceAll("-", "_")
    .toLowerCase();
}
