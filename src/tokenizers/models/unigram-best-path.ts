import { unitsOf } from "../unicode-classes.js";
import { hashBehind } from "./prefix-trie.js";
import type { UnigramTable } from "./unigram-table.js";

/**
 * Finds the likeliest way to cut a text into pieces. Its memory is reused from text to text: `count`, `ids`
 * and `ends` tell of the last one.
 */
export class UnigramBestPath {
  count = 0;
  /** The pieces, first to last. */
  ids: Int32Array = new Int32Array(0);
  /** Where each piece ends, in units from the start of the text. */
  ends: Int32Array = new Int32Array(0);
  readonly #table: UnigramTable;
  /** The score of the best path up to each unit, the piece it ends with, and where that begins (-1: no path). */
  #best: Float32Array | Float64Array = new Float64Array(0);
  #lastIds = new Int32Array(0);
  #lastStarts = new Int32Array(0);

  constructor(table: UnigramTable) {
    this.#table = table;
  }

  /**
   * Cut `text` from `start` to `end`. Where `mayBeWhole` is false the text may not be a piece by itself, unless
   * it has but one character. Returns the score.
   */
  find(text: string, start: number, end: number, mayBeWhole = true): number {
    const length = end - start;
    if (this.#lastIds.length <= length) this.#grow(length + 1);
    const { trie, scores, unknownId, unknownScore, precision } = this.#table;
    const single = precision === "single";
    const best = this.#best;
    const lastIds = this.#lastIds;
    const lastStarts = this.#lastStarts;
    best[0] = 0;
    lastStarts.fill(-1, 1, length + 1);
    for (let from = 0; from < length; ) {
      const soFar = best[from]!;
      const unit = text.charCodeAt(start + from);
      const isPair = (unit & 0xfc00) === 0xd800 && from + 1 < length;
      const next = from + (isPair ? unitsOf(text.codePointAt(start + from)!) : 1);
      let hasSingle = false;
      let at = from + 1;
      let hash = hashBehind(0, unit);
      for (let slot = trie.first(unit); slot >= 0; at++) {
        const id = trie.idAt(slot);
        if (id >= 0 && (mayBeWhole || from > 0 || at < length || at === next)) {
          const score = single ? Math.fround(scores[id]! + soFar) : scores[id]! + soFar;
          if (lastStarts[at]! < 0 || score > best[at]!) {
            best[at] = score;
            lastIds[at] = id;
            lastStarts[at] = from;
          }
          if (at === next) hasSingle = true;
        }
        if (at === length) break;
        const follower = text.charCodeAt(start + at);
        hash = hashBehind(hash, follower);
        slot = trie.next(slot, follower, hash);
      }
      if (!hasSingle) {
        const score = single ? Math.fround(unknownScore + soFar) : unknownScore + soFar;
        if (lastStarts[next]! < 0 || score > best[next]!) {
          best[next] = score;
          lastIds[next] = unknownId;
          lastStarts[next] = from;
        }
      }
      from = next;
    }
    this.#trace(length);
    return best[length]!;
  }

  #trace(length: number): void {
    let count = 0;
    for (let at = length; at > 0; at = this.#lastStarts[at]!) count++;
    this.count = count;
    for (let at = length; at > 0; at = this.#lastStarts[at]!) {
      this.ids[--count] = this.#lastIds[at]!;
      this.ends[count] = at;
    }
  }

  #grow(needed: number): void {
    const size = Math.max(256, needed * 2);
    this.#best = this.#table.precision === "single" ? new Float32Array(size) : new Float64Array(size);
    this.#lastIds = new Int32Array(size);
    this.#lastStarts = new Int32Array(size);
    this.ids = new Int32Array(size);
    this.ends = new Int32Array(size);
  }
}
