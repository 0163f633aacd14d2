import type { TokenSink } from "./model.js";
import type { Symbols } from "./symbols.js";

/** Words longer than this are seldom seen twice. */
const wordLimit = 64;
/** When so many words or units are kept, all are forgotten: about 10 MB. */
const entryLimit = 2 ** 16;
const unitLimit = 2 ** 20;
const tokenLimit = 2 ** 19;

/** Slots of the hash table; twice the words, so that a look-up is short. */
const slotMask = entryLimit * 2 - 1;

/** Words seen lately with their tokens, found by their units without making a string of them. */
export class WordCache {
  readonly #slots = new Int32Array(slotMask + 1);
  #hashes: Int32Array = new Int32Array(1024);
  /** Where the units and the tokens of each word begin; those of the next begin where they end. */
  #unitStarts: Int32Array = new Int32Array(1024 + 1);
  #tokenStarts: Int32Array = new Int32Array(1024 + 1);
  #units = new Uint16Array(8192);
  /** Id, start and end of each token, the latter two from the start of the word. */
  #tokens: Int32Array = new Int32Array(8192);
  #size = 0;

  /** The hash of a word, or -1 if it is too long to be kept. */
  hash(text: string, start: number, end: number): number {
    if (end - start > wordLimit) return -1;
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return (hash ^ (hash >>> 15)) & 0x7fffffff;
  }

  /** Write the tokens of a word; false if it is not known. */
  write(hash: number, text: string, start: number, end: number, out: TokenSink): boolean {
    const length = end - start;
    for (let slot = hash & slotMask; this.#slots[slot] !== 0; slot = (slot + 1) & slotMask) {
      const entry = this.#slots[slot]! - 1;
      const from = this.#unitStarts[entry]!;
      if (this.#hashes[entry] !== hash || this.#unitStarts[entry + 1]! - from !== length) continue;
      let i = 0;
      while (i < length && this.#units[from + i] === text.charCodeAt(start + i)) i++;
      if (i < length) continue;
      const tokens = this.#tokens;
      const last = this.#tokenStarts[entry + 1]!;
      for (let k = this.#tokenStarts[entry]!; k < last; k += 3) {
        out.push(tokens[k]!, start + tokens[k + 1]!, start + tokens[k + 2]!);
      }
      return true;
    }
    return false;
  }

  /** Keep the tokens of a word that is not known yet. */
  add(hash: number, text: string, start: number, end: number, symbols: Symbols): void {
    let units = this.#unitStarts[this.#size]!;
    let tokens = this.#tokenStarts[this.#size]!;
    if (this.#size === entryLimit || units + wordLimit > unitLimit || tokens > tokenLimit) {
      this.#slots.fill(0);
      this.#size = units = tokens = 0;
    }
    if (this.#size === this.#hashes.length) {
      this.#hashes = enlarged(this.#hashes, this.#size * 2);
      this.#unitStarts = enlarged(this.#unitStarts, this.#size * 2 + 1);
      this.#tokenStarts = enlarged(this.#tokenStarts, this.#size * 2 + 1);
    }
    while (units + wordLimit > this.#units.length) {
      const larger = new Uint16Array(this.#units.length * 2);
      larger.set(this.#units);
      this.#units = larger;
    }
    while (tokens + symbols.length * 3 > this.#tokens.length) {
      this.#tokens = enlarged(this.#tokens, this.#tokens.length * 2);
    }
    for (let i = start; i < end; i++) this.#units[units++] = text.charCodeAt(i);
    for (let k = 0; k < symbols.length; k++) {
      this.#tokens[tokens++] = symbols.ids[k]!;
      this.#tokens[tokens++] = symbols.starts[k]! - start;
      this.#tokens[tokens++] = symbols.ends[k]! - start;
    }
    this.#hashes[this.#size] = hash;
    let slot = hash & slotMask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & slotMask;
    this.#slots[slot] = ++this.#size;
    this.#unitStarts[this.#size] = units;
    this.#tokenStarts[this.#size] = tokens;
  }
}

function enlarged(array: Int32Array, size: number): Int32Array {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}
