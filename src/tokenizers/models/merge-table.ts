/** Slots of three integers: the left id plus one (0: free), the right id, the rank. */
const slotSize = 3;

/** Which pairs of ids are merged: the rank of each, and the id they become. The lower rank goes first. */
export class MergeTable {
  /** The id that the merge of each rank makes. */
  readonly results: Int32Array;
  readonly #slots: Int32Array;
  readonly #mask: number;
  #size = 0;

  constructor(capacity: number) {
    let slotCount = 1024;
    while (slotCount < capacity * 2) slotCount *= 2;
    this.#slots = new Int32Array(slotCount * slotSize);
    this.#mask = slotCount - 1;
    this.results = new Int32Array(capacity);
  }

  /** Add the merge of the next rank. Returns the rank the pair has already, or -1 if it is new. */
  add(left: number, right: number, result: number): number {
    const slot = this.#find(left, right);
    if (this.#slots[slot] !== 0) return this.#slots[slot + 2]!;
    this.#slots[slot] = left + 1;
    this.#slots[slot + 1] = right;
    this.#slots[slot + 2] = this.#size;
    this.results[this.#size++] = result;
    return -1;
  }

  /** The rank of a pair, or -1 where it is not merged. */
  rank(left: number, right: number): number {
    const slot = this.#find(left, right);
    return this.#slots[slot] === 0 ? -1 : this.#slots[slot + 2]!;
  }

  #find(left: number, right: number): number {
    const slots = this.#slots;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & this.#mask;
    while (slots[slot * slotSize] !== 0) {
      if (slots[slot * slotSize] === left + 1 && slots[slot * slotSize + 1] === right) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot * slotSize;
  }
}
