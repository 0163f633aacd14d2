/** Both halves of a key must fit into a double: ranks below 2^27, positions below 2^26. */
const positions = 2 ** 26;

/** Pairs waiting to be merged: the lowest rank comes first, then the leftmost. */
export class RankHeap {
  size = 0;
  /** What `pop` took out last. */
  rank = 0;
  at = 0;
  #keys: Float64Array;

  constructor(capacity: number) {
    this.#keys = new Float64Array(Math.max(16, capacity));
  }

  push(rank: number, at: number): void {
    if (this.size === this.#keys.length) {
      const larger = new Float64Array(this.size * 2);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    const keys = this.#keys;
    const key = rank * positions + at;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[i] = keys[parent]!;
      i = parent;
    }
    keys[i] = key;
  }

  /** Take out the first; the heap must not be empty. */
  pop(): void {
    const keys = this.#keys;
    const first = keys[0]!;
    this.rank = Math.floor(first / positions);
    this.at = first - this.rank * positions;
    const key = keys[--this.size]!;
    let i = 0;
    for (;;) {
      let child = i * 2 + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      keys[i] = keys[child]!;
      i = child;
    }
    keys[i] = key;
  }
}
