/** Two of three slots are used at most, so that a search ends soon. */
const fullness = 2 / 3;

/** Bytes of a slot: a key and a count, and those of half as many old ones while the table grows. */
const slotSize = 18;

/**
 * Counts of keys, whole numbers from 0 to 2^52, in no more memory than it is given. When it is full, the rarest keys are
 * forgotten, as word2vec does: counts are then right for keys that were never among them, and too small for the others.
 */
export class CountTable {
  readonly #mostSlots: number;
  #keys: Float64Array; // 0 is an empty slot, else the key + 1
  #counts: Uint32Array;
  #size = 0;
  #forgottenUpTo = 0;

  /** `memory` in bytes. */
  constructor(memory: number) {
    this.#mostSlots = 2 ** Math.max(4, Math.floor(Math.log2(memory / slotSize)));
    const slots = Math.min(this.#mostSlots, 2 ** 12);
    [this.#keys, this.#counts] = [new Float64Array(slots), new Uint32Array(slots)];
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** What keys had been counted at most when they were forgotten for want of memory; 0: none were. */
  get forgottenUpTo(): number {
    return this.#forgottenUpTo;
  }

  /** Count a key once more. */
  add(key: number): void {
    let slot = this.#find(key);
    if (this.#keys[slot] === 0) {
      if (this.#size >= fullness * this.#keys.length) {
        if (this.#keys.length < this.#mostSlots) this.#rebuild(2 * this.#keys.length, 1);
        else this.#makeRoom();
        slot = this.#find(key);
      }
      this.#keys[slot] = key + 1;
      this.#size++;
    }
    this.#counts[slot]!++;
  }

  /** How often a key came; 0 where it is not known. */
  get(key: number): number {
    return this.#counts[this.#find(key)]!;
  }

  /** Forget keys that came less often. */
  forget(least: number): void {
    this.#rebuild(this.#keys.length, least);
  }

  /** Forget the rarest keys until the table is half as full. */
  #makeRoom(): void {
    for (let count = 1; this.#size > (fullness / 2) * this.#keys.length; count++) {
      this.forget(count + 1);
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, count);
    }
  }

  /** The slot that has a key, or the empty one where it belongs. */
  #find(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (key >>> 0) & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key + 1) slot = (slot + 1) & mask;
    return slot;
  }

  #rebuild(slotCount: number, least: number): void {
    const [keys, counts] = [this.#keys, this.#counts];
    [this.#keys, this.#counts] = [new Float64Array(slotCount), new Uint32Array(slotCount)];
    this.#size = 0;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0 || counts[i]! < least) continue;
      const slot = this.#find(keys[i]! - 1);
      this.#keys[slot] = keys[i]!;
      this.#counts[slot] = counts[i]!;
      this.#size++;
    }
  }
}
