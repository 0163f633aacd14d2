import { enlarged, type PairTable } from "./word-piece-pairs.js";

/**
 * The pairs by score, the best first; of equal ones that whose symbols are older. A pair whose score changes
 * is not moved: an entry of a score that no longer holds is passed over, or put in again, when it comes first.
 */
export class PairQueue {
  readonly #pairs: PairTable;
  readonly #scoreOf: (pair: number) => number;
  #length = 0;
  #entries = new Uint32Array(1024);
  #scores = new Float64Array(1024);
  /** The highest score under which a pair stands in the queue; 0 where it does not. */
  #queued = new Float64Array(1024);

  /** `scoreOf` answers 0 for a pair that is not to be merged. */
  constructor(pairs: PairTable, scoreOf: (pair: number) => number) {
    this.#pairs = pairs;
    this.#scoreOf = scoreOf;
  }

  /** Put in a pair that is new, or whose score may have risen. One that fell needs no call. */
  update(pair: number): void {
    const score = this.#scoreOf(pair);
    while (pair >= this.#queued.length) this.#queued = enlarged(this.#queued, Float64Array);
    if (score <= this.#queued[pair]!) return;
    this.#queued[pair] = score;
    this.#push(pair, score);
  }

  /** Take the best pair; undefined where none is left. */
  take(): number | undefined {
    while (this.#length > 0) {
      const pair = this.#entries[0]!;
      const entered = this.#scores[0]!;
      this.#drop();
      if (entered !== this.#queued[pair]) continue;
      this.#queued[pair] = 0;
      if (entered === this.#scoreOf(pair)) return pair;
      this.update(pair);
    }
    return undefined;
  }

  /** Forget all entries. */
  clear(): void {
    this.#length = 0;
    this.#queued.fill(0);
  }

  /** Below 0 where the first of two pairs is taken before the second as things stand. */
  compare(a: number, b: number): number {
    return this.#isBefore(a, this.#scoreOf(a), b, this.#scoreOf(b)) ? -1 : 1;
  }

  #push(pair: number, score: number): void {
    if (this.#length === this.#entries.length) {
      this.#entries = enlarged(this.#entries, Uint32Array);
      this.#scores = enlarged(this.#scores, Float64Array);
    }
    let at = this.#length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(pair, score, this.#entries[parent]!, this.#scores[parent]!)) break;
      this.#entries[at] = this.#entries[parent]!;
      this.#scores[at] = this.#scores[parent]!;
      at = parent;
    }
    this.#entries[at] = pair;
    this.#scores[at] = score;
  }

  /** Remove the first entry. */
  #drop(): void {
    const last = --this.#length;
    const [pair, score] = [this.#entries[last]!, this.#scores[last]!];
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      const other = child + 1;
      const [entries, scores] = [this.#entries, this.#scores];
      if (other < last && this.#isBefore(entries[other]!, scores[other]!, entries[child]!, scores[child]!))
        child = other;
      if (!this.#isBefore(entries[child]!, scores[child]!, pair, score)) break;
      entries[at] = entries[child]!;
      scores[at] = scores[child]!;
      at = child;
    }
    this.#entries[at] = pair;
    this.#scores[at] = score;
  }

  #isBefore(a: number, scoreA: number, b: number, scoreB: number): boolean {
    if (scoreA !== scoreB) return scoreA > scoreB;
    const { lefts, rights } = this.#pairs;
    return lefts[a] === lefts[b] ? rights[a]! < rights[b]! : lefts[a]! < lefts[b]!;
  }
}
