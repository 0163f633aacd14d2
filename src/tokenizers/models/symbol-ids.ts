/** The ids of single characters, first and last in a word or not, looked up without making strings of them. */
export class SymbolIds {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #prefix: string;
  readonly #suffix: string;
  /** By form (1: continues a word, 2: ends it) the id of each UTF-16 unit, or -1. */
  readonly #tables: readonly Int32Array[];

  constructor(ids: ReadonlyMap<string, number>, prefix: string, suffix: string) {
    this.#ids = ids;
    this.#prefix = prefix;
    this.#suffix = suffix;
    const tables = new Map<string, Int32Array>();
    this.#tables = [0, 1, 2, 3].map((form) => {
      const [before, after] = this.#marks(form);
      const key = `${before}\0${after}`;
      const table = tables.get(key) ?? unitTable(ids, before, after);
      tables.set(key, table);
      return table;
    });
  }

  /** The id of each unit that is a character of its own and a token without marks, else -1. */
  get unitIds(): Int32Array {
    return this.#tables[0]!;
  }

  /** How many units the character at `at` takes. */
  unitsAt(text: string, at: number, end: number): number {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xd800 || at + 1 === end) return 1;
    return (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00 ? 2 : 1;
  }

  /** The id of the character from `at` to `next`, or -1. */
  idOf(text: string, at: number, next: number, isFirst: boolean, isLast: boolean): number {
    if (next - at === 1) return this.#tables[formOf(isFirst, isLast)]![text.charCodeAt(at)]!;
    return this.#ids.get(this.spelling(text, at, next, isFirst, isLast)) ?? -1;
  }

  /** How the vocabulary writes the character. */
  spelling(text: string, at: number, next: number, isFirst: boolean, isLast: boolean): string {
    const [before, after] = this.#marks(formOf(isFirst, isLast));
    return before + text.slice(at, next) + after;
  }

  #marks(form: number): [before: string, after: string] {
    return [form & 1 ? this.#prefix : "", form & 2 ? this.#suffix : ""];
  }
}

function formOf(isFirst: boolean, isLast: boolean): number {
  return (isFirst ? 0 : 1) | (isLast ? 2 : 0);
}

function unitTable(ids: ReadonlyMap<string, number>, before: string, after: string): Int32Array {
  const table = new Int32Array(0x10000).fill(-1);
  const length = before.length + 1 + after.length;
  for (const [token, id] of ids) {
    if (token.length !== length || !token.startsWith(before) || !token.endsWith(after)) continue;
    table[token.charCodeAt(before.length)] = id;
  }
  return table;
}
