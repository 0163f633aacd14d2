import type { WordCounts } from "./word-counts.js";
import { bytesOfText, hashOfBytes, textOfBytes } from "./word-counts-text.js";

// A word is a length and its bytes, in pages of 2^20 bytes; a longer word has a page of its own. Where it
// stands is one number of 32 bits: page, then byte in the page.
const byteBits = 20;
const byteMask = 2 ** byteBits - 1;
// Places and counts stand in pages too: growing must not copy, as copying holds everything twice.
const entryBits = 16;
const entryMask = 2 ** entryBits - 1;

const fullest = 0.7; // share of slots in use

/** Takes the bytes of a word and its count; the bytes are only good until it returns. */
export type VisitBytes = (bytes: Uint8Array, count: number, hash: number) => void;

/**
 * Counted words in little memory: about 25 bytes a word and the word itself in UTF-8, where a Map takes 100
 * and more. Open addressing over words laid end to end.
 */
export class WordCountStore implements WordCounts {
  #size = 0;
  #bytePages: Uint8Array[] = [];
  #byteOffset = 2 ** byteBits; // in the last page; full at first
  #placePages: Uint32Array[] = [];
  #countPages: Uint32Array[] = [];
  #pageBytes = 0;
  /** What counts have beyond 32 bits, in units of 2^32, by entry. */
  #carries = new Map<number, number>();
  #slots = new Uint32Array(1024); // entry + 1; 0 is free
  #word = new Uint8Array(256); // the word at hand

  get size(): number {
    return this.#size;
  }

  /** The memory that it takes. */
  get byteLength(): number {
    return this.#pageBytes + this.#slots.byteLength;
  }

  /** Count the word that stands in units `start` to `end` of a text. */
  add(text: string, start: number, end: number, count: number): void {
    if (this.#word.length < (end - start) * 3) this.#word = new Uint8Array((end - start) * 6);
    const length = bytesOfText(text, start, end, this.#word);
    const hash = hashOfBytes(this.#word, 0, length);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (this.#holdsWord(found - 1, length)) {
        this.#increase(found - 1, count);
        return;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.#append(length, count) + 1;
    if (this.#size > slots.length * fullest) this.#grow();
  }

  forEach(visit: (word: string, count: number) => void): void {
    for (let entry = 0; entry < this.#size; entry++) {
      const { page, start, end } = this.#locate(entry);
      visit(textOfBytes(page, start, end), this.#countOf(entry));
    }
  }

  /** All words in the order of their hashes, those of equal hash in the order of their bytes. */
  forEachByHash(visit: VisitBytes): void {
    const order = this.#orderByHash();
    for (let i = 0; i < this.#size; i++) {
      const entry = order[2 * i + low]!;
      const { page, start, end } = this.#locate(entry);
      visit(page.subarray(start, end), this.#countOf(entry), order[2 * i + high]!);
    }
  }

  release(): void {
    this.clear();
  }

  /** Forget all words. */
  clear(): void {
    this.#size = 0;
    this.#bytePages = [];
    this.#byteOffset = 2 ** byteBits;
    this.#placePages = [];
    this.#countPages = [];
    this.#pageBytes = 0;
    this.#carries.clear();
    this.#slots = new Uint32Array(1024);
  }

  #holdsWord(entry: number, length: number): boolean {
    const place = this.#placePages[entry >>> entryBits]![entry & entryMask]!;
    const page = this.#bytePages[place >>> byteBits]!;
    let at = place & byteMask;
    let stored = page[at++]!;
    if (stored === longWord) {
      stored = readLength(page, at);
      at += 4;
    }
    if (stored !== length) return false;
    const word = this.#word;
    for (let i = 0; i < length; i++) if (page[at + i] !== word[i]) return false;
    return true;
  }

  #append(length: number, count: number): number {
    const needed = length < longWord ? length + 1 : length + 5;
    if (this.#byteOffset + needed > 2 ** byteBits) {
      const page = new Uint8Array(Math.max(2 ** byteBits, needed));
      this.#bytePages.push(page);
      this.#pageBytes += page.length;
      this.#byteOffset = 0;
    }
    const page = this.#bytePages.at(-1)!;
    const entry = this.#size++;
    if ((entry & entryMask) === 0) {
      this.#placePages.push(new Uint32Array(2 ** entryBits));
      this.#countPages.push(new Uint32Array(2 ** entryBits));
      this.#pageBytes += 2 * 4 * 2 ** entryBits;
    }
    this.#placePages[entry >>> entryBits]![entry & entryMask] =
      (this.#bytePages.length - 1) * 2 ** byteBits + this.#byteOffset;
    let at = this.#byteOffset;
    if (length < longWord) page[at++] = length;
    else {
      page[at++] = longWord;
      for (let shift = 0; shift < 32; shift += 8) page[at++] = length >>> shift;
    }
    page.set(this.#word.subarray(0, length), at);
    this.#byteOffset += needed;
    this.#increase(entry, count);
    return entry;
  }

  #increase(entry: number, count: number): void {
    const page = this.#countPages[entry >>> entryBits]!;
    const sum = page[entry & entryMask]! + count;
    page[entry & entryMask] = sum; // keeps the low 32 bits
    if (sum < 2 ** 32) return;
    this.#carries.set(entry, (this.#carries.get(entry) ?? 0) + Math.floor(sum / 2 ** 32));
  }

  #countOf(entry: number): number {
    const count = this.#countPages[entry >>> entryBits]![entry & entryMask]!;
    return this.#carries.size === 0 ? count : count + (this.#carries.get(entry) ?? 0) * 2 ** 32;
  }

  #locate(entry: number): { page: Uint8Array; start: number; end: number } {
    const place = this.#placePages[entry >>> entryBits]![entry & entryMask]!;
    const page = this.#bytePages[place >>> byteBits]!;
    let start = place & byteMask;
    let length = page[start++]!;
    if (length === longWord) {
      length = readLength(page, start);
      start += 4;
    }
    return { page, start, end: start + length };
  }

  #hashOf(entry: number): number {
    const { page, start, end } = this.#locate(entry);
    return hashOfBytes(page, start, end);
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = this.#hashOf(entry) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.#slots = slots;
  }

  /** Entry and hash of each word, two numbers a word, sorted. */
  #orderByHash(): Uint32Array {
    const order = new Uint32Array(this.#size * 2);
    for (let entry = 0; entry < this.#size; entry++) {
      order[2 * entry + low] = entry;
      order[2 * entry + high] = this.#hashOf(entry);
    }
    new BigUint64Array(order.buffer).sort(); // without a comparison function, which would be slow
    for (let i = 1; i < this.#size; i++) {
      for (let k = i; k > 0 && order[2 * k + high] === order[2 * k - 2 + high]; k--) {
        const [entry, before] = [order[2 * k + low]!, order[2 * k - 2 + low]!];
        if (this.#compare(before, entry) <= 0) break;
        order[2 * k + low] = before;
        order[2 * k - 2 + low] = entry;
      }
    }
    return order;
  }

  #compare(a: number, b: number): number {
    const [one, other] = [this.#locate(a), this.#locate(b)];
    return compareBytes(one.page.subarray(one.start, one.end), other.page.subarray(other.start, other.end));
  }
}

/** Which of two words comes first: below 0 the first, above 0 the second, 0 where they are equal. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** In place of a length: the length follows in four bytes. */
const longWord = 255;

function readLength(page: Uint8Array, at: number): number {
  return page[at]! + page[at + 1]! * 2 ** 8 + page[at + 2]! * 2 ** 16 + page[at + 3]! * 2 ** 24;
}

// Which half of 64 bits stands first in memory depends on the machine.
const low = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const high = 1 - low;
