import { describeJson } from "../base/index.js";

/**
 * What values an option takes, and how one is read from the words of a command line or from a YAML, JSON or
 * TypeScript value. `read` answers undefined for what does not fit.
 */
export interface OptionKind<Value> {
  /** What help shows in place of the value: `N`, `FILE`, `linear|cosine`; empty for a mere switch. */
  readonly placeholder: string;
  /** What an error says was expected: `a number above 0`. */
  readonly expected: string;
  read(given: unknown): Value | undefined;
  /** The value of the flag alone, without a word after it. */
  readonly bare?: Value;
  /** Of a flag that can stand alone: whether the word after it belongs to it. */
  takes?(word: string): boolean;
  /** Of a list: the items in a word of the command line; the flag can be given several times. */
  parts?(word: string): string[];
}

/** The bounds of a number; `from` and `to` belong to what is allowed, `above` and `below` do not. */
export interface Bounds {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
}

/** Any text: a name, a path. */
export function text(placeholder = "TEXT", expected = "a text"): OptionKind<string> {
  return {
    placeholder,
    expected,
    // YAML reads `--text-column 1` as a number
    read: (given) => {
      if (typeof given === "number") return String(given);
      return typeof given === "string" && given !== "" ? given : undefined;
    },
  };
}

/** The path of a file. */
export function file(placeholder = "FILE"): OptionKind<string> {
  return text(placeholder, "the path of a file");
}

/** The path of a folder. */
export function folder(placeholder = "DIR"): OptionKind<string> {
  return text(placeholder, "the path of a folder");
}

/** Any number within bounds. */
export function number(bounds: Bounds = {}, placeholder = "X"): OptionKind<number> {
  return {
    placeholder,
    expected: `a number${boundsText(bounds)}`,
    read: (given) => {
      const value = readNumber(given);
      return value !== undefined && within(value, bounds) ? value : undefined;
    },
  };
}

/** A whole number within bounds. */
export function integer(bounds: Bounds = {}, placeholder = "N"): OptionKind<number> {
  return {
    placeholder,
    expected: `a whole number${boundsText(bounds)}`,
    read: (given) => {
      const value = readNumber(given);
      return Number.isSafeInteger(value) && within(value!, bounds) ? value : undefined;
    },
  };
}

const byteUnits: Readonly<Record<string, number>> = { "": 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** An amount of memory: `4GB`, `800 MB`, or a number of bytes. */
export function byteCount(): OptionKind<number> {
  return {
    placeholder: "4GB",
    expected: "an amount of memory such as 4GB or 800MB",
    read: (given) => {
      const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?([KMGT]?B?)$/.exec(String(given).toUpperCase()) ?? [];
      const size = byteUnits[unit.length === 1 && unit !== "B" ? `${unit}B` : unit];
      return amount === undefined || size === undefined || Number(amount) === 0
        ? undefined
        : Number(amount) * size;
    },
  };
}

const yes = ["true", "yes", "on", "1"];
const no = ["false", "no", "off", "0"];

/** Yes or no: `--bucketing`, `--no-bucketing`, `--bucketing=false`, and Python's `--bucketing True`. */
export function boolean(): OptionKind<boolean> {
  const read = (given: unknown): boolean | undefined => {
    const word = String(given).toLowerCase();
    if (yes.includes(word)) return true;
    return no.includes(word) ? false : undefined;
  };
  return {
    placeholder: "",
    expected: "true or false",
    read,
    bare: true,
    takes: (word) => /^(true|false)$/i.test(word),
  };
}

/** One of a few words; `synonyms` are understood too. */
export function choice<const Word extends string>(
  words: readonly Word[],
  synonyms: Readonly<Record<string, Word>> = {},
): OptionKind<Word> {
  return {
    placeholder: words.join("|"),
    expected: oneOf(words),
    read: (given) => {
      const word = String(given).toLowerCase().replaceAll("_", "-") as Word;
      if (words.includes(word)) return word;
      return Object.hasOwn(synonyms, word) ? synonyms[word] : undefined;
    },
  };
}

/** The same for a choice of many: help shows the first two in the place of the value. */
export function abridged<Word>(kind: OptionKind<Word>): OptionKind<Word> {
  return { ...kind, placeholder: `${kind.placeholder.split("|", 2).join("|")}|...` };
}

/** Several values: words with commas between them, the flag given several times, or a YAML list. */
export function list<Value>(item: OptionKind<Value>): OptionKind<Value[]> {
  return {
    ...several(item),
    placeholder: `${item.placeholder},...`,
    expected: `${item.expected}, or several with commas between them`,
    parts: (word) => word.split(",").map((part) => part.trim()),
  };
}

/** Several values that may hold commas: the flag given several times, or a YAML list. */
export function several<Value>(item: OptionKind<Value>): OptionKind<Value[]> {
  return {
    placeholder: `${item.placeholder}...`,
    expected: `${item.expected}, or several`,
    parts: (word) => [word],
    read: (given) => {
      const values = (Array.isArray(given) ? given : [given]).map((part) => item.read(part));
      return values.length === 0 || values.includes(undefined) ? undefined : (values as Value[]);
    },
  };
}

/** A number for each of some names: `cat=2,dog=0.5`, or a YAML map. */
export function numbersByName(bounds: Bounds = {}): OptionKind<Record<string, number>> {
  const value = number(bounds);
  return {
    placeholder: "NAME=X,...",
    expected: `names with ${value.expected} each (cat=2,dog=0.5)`,
    read: (given) => {
      const entries = typeof given === "string" ? given.split(",").map(splitPair) : objectEntries(given);
      const read = entries?.map(([name, part]) => [name.trim(), value.read(part)] as const);
      if (!read?.length || read.some(([name, part]) => name === "" || part === undefined)) return undefined;
      return Object.fromEntries(read) as Record<string, number>;
    },
  };
}

/** The first of two kinds that fits. */
export function either<A, B>(first: OptionKind<A>, second: OptionKind<B>): OptionKind<A | B> {
  return {
    ...(first.bare === undefined ? {} : { bare: first.bare }),
    placeholder: [first.placeholder, second.placeholder].filter((part) => part !== "").join("|"),
    expected: `${first.expected}, or ${second.expected}`,
    read: (given) => first.read(given) ?? second.read(given),
    // a flag that can stand alone and can have a value: the next word is its value unless it is a flag
    ...(first.takes === undefined ? {} : { takes: (word: string) => !word.startsWith("-") }),
  };
}

/** What came, for an error message: `"fast"`, `an array of 2`. */
export function describeGiven(given: unknown): string {
  if (given === undefined || given === "") return "nothing";
  return describeJson(given).replace(/^(string|number|boolean) /, "");
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function readNumber(given: unknown): number | undefined {
  if (typeof given === "number") return Number.isFinite(given) ? given : undefined;
  // Number("") is 0 and Number("0x10") 16: neither is meant
  const plain = typeof given === "string" && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(given);
  return plain && Number.isFinite(Number(given)) ? Number(given) : undefined;
}

function within(value: number, bounds: Bounds): boolean {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = bounds;
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = bounds;
  return value >= from && value <= to && value > above && value < below;
}

function boundsText({ from, above, to, below }: Bounds): string {
  const low = from === undefined ? (above === undefined ? "" : `above ${above}`) : `from ${from}`;
  const high = to === undefined ? (below === undefined ? "" : `below ${below}`) : `to ${to}`;
  if (low === "" && high === "") return "";
  if (high === "" && from !== undefined) return `, ${from} or more`;
  return ` ${[low, high].filter((part) => part !== "").join(from !== undefined && to !== undefined ? " " : " and ")}`;
}

function splitPair(pair: string): [string, string] {
  const at = pair.lastIndexOf("="); // a label may hold one itself
  return at < 0 ? ["", pair] : [pair.slice(0, at), pair.slice(at + 1)];
}

function objectEntries(given: unknown): [string, unknown][] | undefined {
  return given !== null && typeof given === "object" && !Array.isArray(given)
    ? Object.entries(given)
    : undefined;
}
