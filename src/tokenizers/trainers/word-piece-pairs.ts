/**
 * Pairs of neighbouring symbols, numbered as they come, with what is known of them. A table of its own, as a Map of
 * millions of pairs takes ten times the memory. It is emptied and filled again, as one made anew would stand beside
 * the old one until that is collected.
 */
export class PairTable {
  size = 0;
  lefts: Uint32Array = new Uint32Array(1024);
  rights: Uint32Array = new Uint32Array(1024);
  counts: Float64Array = new Float64Array(1024);
  /** In how many places of distinct words a pair stood when it was counted. */
  places: Uint32Array = new Uint32Array(1024);
  /** Whether it is known in which words the pair stands. */
  isListed: Uint8Array = new Uint8Array(1024);
  /** These words, as a list of `WordLists`; some may have it no longer. */
  lists: Uint32Array = new Uint32Array(1024);
  #slots = new Int32Array(4096); // number + 1; 0 is free

  /** The number of a pair; -1 where it is not in the table. */
  find(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashOfPair(left, right) & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (this.lefts[found - 1] === left && this.rights[found - 1] === right) return found - 1;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** The number of a pair that is not in the table yet. */
  enter(left: number, right: number): number {
    const pair = this.size++;
    if (pair === this.lefts.length) this.#grow();
    this.lefts[pair] = left;
    this.rights[pair] = right;
    this.counts[pair] = 0;
    this.places[pair] = 0;
    this.lists[pair] = 0;
    this.isListed[pair] = 0;
    if (this.size * 2 > this.#slots.length) this.#spread(this.#slots.length * 2);
    else this.#place(pair);
    return pair;
  }

  /** Forget all pairs; the room they took is kept for others. */
  clear(): void {
    this.#slots.fill(0);
    this.size = 0;
  }

  /** Forget the pairs that are not to be kept. The others move up, so that all numbers change. */
  keep(isKept: (pair: number) => boolean): void {
    let kept = 0;
    for (let pair = 0; pair < this.size; pair++) {
      if (!isKept(pair)) continue;
      this.lefts[kept] = this.lefts[pair]!;
      this.rights[kept] = this.rights[pair]!;
      this.counts[kept] = this.counts[pair]!;
      this.places[kept] = this.places[pair]!;
      this.lists[kept] = this.lists[pair]!;
      this.isListed[kept] = this.isListed[pair]!;
      kept++;
    }
    this.size = kept;
    this.#spread(this.#slots.length);
  }

  #grow(): void {
    this.lefts = enlarged(this.lefts, Uint32Array);
    this.rights = enlarged(this.rights, Uint32Array);
    this.counts = enlarged(this.counts, Float64Array);
    this.places = enlarged(this.places, Uint32Array);
    this.lists = enlarged(this.lists, Uint32Array);
    this.isListed = enlarged(this.isListed, Uint8Array);
  }

  #place(pair: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hashOfPair(this.lefts[pair]!, this.rights[pair]!) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = pair + 1;
  }

  /** Put all pairs in their slots. */
  #spread(slotCount: number): void {
    if (this.#slots.length === slotCount) this.#slots.fill(0);
    else this.#slots = new Int32Array(slotCount);
    for (let pair = 0; pair < this.size; pair++) this.#place(pair);
  }
}

/** The numbers of an array at the beginning of one that is twice as long. */
export function enlarged<Numbers extends Uint8Array | Uint32Array | Float64Array>(
  array: Numbers,
  ArrayType: new (length: number) => Numbers,
): Numbers {
  const larger = new ArrayType(array.length * 2);
  larger.set(array);
  return larger;
}

/** 32 bits, which differ for most pairs. */
export function hashOfPair(left: number, right: number): number {
  let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
