import type { TextHash } from "./text-hash.js";

/** Three of four slots are used at most, so that a search ends soon. */
const fullness = 0.75;

/** Bytes of a slot: eight, and those of half as many old ones while the table grows. */
const slotSize = 12;

/** A set of hashes that takes no more memory than it is given; what comes when it is full is not entered. */
export class BoundedHashSet {
  readonly #mostSlots: number;
  #slots: Uint32Array; // [slot, high and low]; an empty one is 0, 0
  #count = 0;
  #missedCount = 0;

  /** `memory` in bytes. */
  constructor(memory: number) {
    this.#mostSlots = Math.max(16, Math.floor(memory / slotSize));
    this.#slots = new Uint32Array(2 * firstSize(this.#mostSlots));
  }

  /** Hashes that found no room, and are not known when they come again. */
  get missedCount(): number {
    return this.#missedCount;
  }

  /** Enter a hash; whether it was there already. */
  add({ high, low }: TextHash): boolean {
    const lowOrOne = high === 0 && low === 0 ? 1 : low;
    const slot = this.#find(high, lowOrOne);
    if (this.#isUsed(slot)) return true;
    if (this.#count >= fullness * (this.#slots.length / 2)) {
      if (this.#slots.length > this.#mostSlots) {
        this.#missedCount++;
        return false;
      }
      this.#grow();
      this.#write(this.#find(high, lowOrOne), high, lowOrOne);
    } else this.#write(slot, high, lowOrOne);
    this.#count++;
    return false;
  }

  /** The slot that has a hash, or the empty one where it belongs. */
  #find(high: number, low: number): number {
    const slotCount = this.#slots.length / 2;
    let slot = low % slotCount;
    while (this.#isUsed(slot) && (this.#slots[2 * slot] !== high || this.#slots[2 * slot + 1] !== low))
      slot = (slot + 1) % slotCount;
    return slot;
  }

  #isUsed(slot: number): boolean {
    return this.#slots[2 * slot] !== 0 || this.#slots[2 * slot + 1] !== 0;
  }

  #write(slot: number, high: number, low: number): void {
    this.#slots[2 * slot] = high;
    this.#slots[2 * slot + 1] = low;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    for (let i = 0; i < old.length; i += 2) {
      const [high, low] = [old[i]!, old[i + 1]!];
      if (high !== 0 || low !== 0) this.#write(this.#find(high, low), high, low);
    }
  }
}

/** The size with which a table begins that doubles until it has nearly `most` slots, and never more. */
export function firstSize(most: number): number {
  let size = most;
  while (size > 2 ** 13) size = Math.floor(size / 2);
  return size;
}
