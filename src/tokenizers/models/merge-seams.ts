import type { Merge } from "./bpe-merges.js";

/** A table of more bits than this is not made. */
const bitLimit = 2 ** 26;

/**
 * Where words can be cut without changing what they are merged to: between two units over which no merge reaches, as
 * none has a left token that ends with the one and a right token that begins with the other. The parts of a long word
 * then come again and again, although the word itself was never seen before: in Japanese, whose words no space parts,
 * most characters are a part of their own.
 */
export class MergeSeams {
  /** Where the parts of the word at hand end, of which `cut` says how many there are. */
  ends: Int32Array = new Int32Array(64);
  readonly #unitIds: Int32Array;
  /** For each unit, its row if left tokens end with it, and its column if right tokens begin with it; 0: none do. */
  readonly #rows: Uint16Array;
  readonly #columns: Uint16Array;
  readonly #columnCount: number;
  readonly #joined: Uint8Array;

  private constructor(unitIds: Int32Array, merges: readonly Merge[], rows: Numbering, columns: Numbering) {
    this.#unitIds = unitIds;
    this.#rows = rows.numbers;
    this.#columns = columns.numbers;
    this.#columnCount = columns.count;
    this.#joined = new Uint8Array(Math.ceil((rows.count * columns.count) / 8));
    for (const [left, right] of merges) {
      const bit = this.#bitOf(left.charCodeAt(left.length - 1), right.charCodeAt(0));
      this.#joined[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  /**
   * The seams of merges of tokens without marks, or undefined where there are too many kinds of units. `unitIds` has the
   * id of each unit that is a token, else -1.
   */
  static of(unitIds: Int32Array, merges: readonly Merge[]): MergeSeams | undefined {
    const rows = numbering(merges, ([left]) => left.charCodeAt(left.length - 1));
    const columns = numbering(merges, ([, right]) => right.charCodeAt(0));
    if (rows.count * columns.count > bitLimit) return undefined;
    return new MergeSeams(unitIds, merges, rows, columns);
  }

  /** Cut a word; returns how many parts it has, or 0 where one of its units is no token. */
  cut(text: string, start: number, end: number): number {
    if (this.ends.length < end - start) this.ends = new Int32Array((end - start) * 2);
    const unitIds = this.#unitIds;
    let count = 0;
    let unit = text.charCodeAt(start);
    if (unitIds[unit]! < 0) return 0;
    for (let at = start + 1; at < end; at++) {
      const next = text.charCodeAt(at);
      if (unitIds[next]! < 0) return 0;
      const bit = this.#bitOf(unit, next);
      if (bit < 0 || (this.#joined[bit >>> 3]! & (1 << (bit & 7))) === 0) this.ends[count++] = at;
      unit = next;
    }
    this.ends[count++] = end;
    return count;
  }

  #bitOf(left: number, right: number): number {
    const row = this.#rows[left]!;
    const column = this.#columns[right]!;
    return row === 0 || column === 0 ? -1 : (row - 1) * this.#columnCount + column - 1;
  }
}

/** Units numbered from 1, by unit. */
interface Numbering {
  readonly numbers: Uint16Array;
  readonly count: number;
}

function numbering(merges: readonly Merge[], unitOf: (merge: Merge) => number): Numbering {
  const numbers = new Uint16Array(0x10000);
  let count = 0;
  for (const merge of merges) {
    const unit = unitOf(merge);
    if (numbers[unit] === 0) numbers[unit] = ++count;
  }
  return { numbers, count };
}
