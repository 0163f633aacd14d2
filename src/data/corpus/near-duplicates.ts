import { hash } from "../../base/index.js";
import { firstSize } from "./hash-set.js";
import { likeness, sketchSize } from "./text-sketch.js";

/** Sketches are kept in arrays of so many, so that none has to be copied when more come. */
const sketchesPerArray = 2 ** 14;

/** Bands found in the table without the texts being alike; a band that more texts share says nothing. */
const mostCandidates = 32;

/** The chance with which two texts that are just alike enough must be found. */
const recall = 0.95;

const fullness = 0.75;

/** How sketches are cut into bands. */
export interface Banding {
  /** Places of a band. */
  readonly rowCount: number;
  readonly bandCount: number;
}

/**
 * The longest bands by which texts of a likeness are still found: two of likeness s share a given band of r places with
 * the probability s^r, and one of b bands with 1 - (1 - s^r)^b (Leskovec et al., Mining of Massive Datasets, 3.4.2).
 */
export function bandingFor(threshold: number): Banding {
  for (let rowCount = 16; rowCount > 1; rowCount--) {
    const bandCount = Math.floor(sketchSize / rowCount);
    if (1 - (1 - threshold ** rowCount) ** bandCount >= recall) return { rowCount, bandCount };
  }
  return { rowCount: 1, bandCount: sketchSize };
}

/**
 * Finds texts that are nearly those that came before: candidates share a band of their sketches, and of these whole
 * sketches are compared. It takes no more memory than it is given; what comes when it is full is looked up and not
 * entered.
 */
export class NearDuplicates {
  readonly #threshold: number;
  readonly #banding: Banding;
  readonly #mostSlots: number;
  readonly #arrays: Uint8Array[] = [];
  #slots: Uint32Array; // [slot]: the number of a sketch, from 1, or 0
  #count = 0;
  #missedCount = 0;

  /** `threshold` is the likeness from which a text counts as the same; `memory` is in bytes. */
  constructor(threshold: number, memory: number) {
    this.#threshold = threshold;
    this.#banding = bandingFor(threshold);
    this.#mostSlots = Math.floor(memory / bytesPerSlot(this.#banding));
    this.#slots = new Uint32Array(firstSize(this.#mostSlots));
  }

  /** Texts that found no room. */
  get missedCount(): number {
    return this.#missedCount;
  }

  /** Enter a sketch unless one that came before is like it; whether there is one. */
  add(sketch: Uint8Array): boolean {
    if (this.#isLikeAnother(sketch)) return true;
    if (this.#isFull()) {
      if (2 * this.#slots.length > this.#mostSlots) {
        this.#missedCount++;
        return false;
      }
      this.#grow();
    }
    if (this.#count % sketchesPerArray === 0)
      this.#arrays.push(new Uint8Array(sketchesPerArray * sketchSize));
    const number = ++this.#count;
    this.#sketch(number).set(sketch);
    this.#enter(number);
    return false;
  }

  #isLikeAnother(sketch: Uint8Array): boolean {
    for (let band = 0; band < this.#banding.bandCount; band++)
      for (const number of this.#withBand(sketch, band))
        if (likeness(sketch, this.#sketch(number)) >= this.#threshold) return true;
    return false;
  }

  /** The texts that share a band. */
  *#withBand(sketch: Uint8Array, band: number): Generator<number> {
    for (let slot = this.#firstSlot(sketch, band); this.#slots[slot] !== 0; slot = this.#next(slot))
      if (this.#sharesBand(sketch, this.#sketch(this.#slots[slot]!), band)) yield this.#slots[slot]!;
  }

  /** Write a text into a slot for each of its bands. */
  #enter(number: number): void {
    const sketch = this.#sketch(number);
    for (let band = 0; band < this.#banding.bandCount; band++) {
      let slot = this.#firstSlot(sketch, band);
      let candidateCount = 0;
      while (this.#slots[slot] !== 0 && candidateCount < mostCandidates) {
        if (this.#sharesBand(sketch, this.#sketch(this.#slots[slot]!), band)) candidateCount++;
        slot = this.#next(slot);
      }
      if (candidateCount < mostCandidates) this.#slots[slot] = number;
    }
  }

  #isFull(): boolean {
    return (this.#count + 1) * this.#banding.bandCount > fullness * this.#slots.length;
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let number = 1; number <= this.#count; number++) this.#enter(number);
  }

  #sketch(number: number): Uint8Array {
    const at = (number - 1) % sketchesPerArray;
    const array = this.#arrays[Math.floor((number - 1) / sketchesPerArray)]!;
    return array.subarray(at * sketchSize, (at + 1) * sketchSize);
  }

  #firstSlot(sketch: Uint8Array, band: number): number {
    const { rowCount } = this.#banding;
    let key = band;
    for (let i = band * rowCount; i < (band + 1) * rowCount; i++) key = hash(key, sketch[i]!);
    return key % this.#slots.length;
  }

  #next(slot: number): number {
    return slot + 1 === this.#slots.length ? 0 : slot + 1;
  }

  #sharesBand(a: Uint8Array, b: Uint8Array, band: number): boolean {
    const { rowCount } = this.#banding;
    for (let i = band * rowCount; i < (band + 1) * rowCount; i++) if (a[i] !== b[i]) return false;
    return true;
  }
}

/** A slot has 4 bytes, half of that again while they grow, and its share of the sketches. */
function bytesPerSlot({ bandCount }: Banding): number {
  return 6 + (fullness / bandCount) * sketchSize;
}
