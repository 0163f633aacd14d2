/**
 * Slots of three integers: the slot of the unit before plus one (0: free), the UTF-16 unit and in the upper half which
 * units may follow (a bit for each remainder by 16, so that most of those that do not are not looked for), the id of
 * the word that ends here or -1.
 */
const slotSize = 3;

const fullest = 0.6; // share of slots in use
/** So many units a word adds to those that other words begin with, or fewer, where there are many words. */
const usualUnits = 2.2;

/** What stands before the first unit of a word: no slot. */
const root = -2;

/** Words by their places in a text. */
export interface PlacedWords {
  readonly text: string;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly count: number;
}

/**
 * Words with ids, all of whose prefixes-of-a-text are wanted. A walk takes the first unit from a plain table
 * and every further one from an open hash table, so that each step is about one look-up in memory whatever
 * the alphabet. Where to look follows from the units alone, whose hash the walk carries along: so the processor need
 * not wait for one look-up before it begins the next.
 *
 * ```ts
 * let hash = hashBehind(0, text.charCodeAt(at));
 * for (let slot = trie.first(text.charCodeAt(at)); slot >= 0; ) {
 *   if (trie.idAt(slot) >= 0) { } // a word ends with the unit at `at`
 *   hash = hashBehind(hash, text.charCodeAt(++at));
 *   slot = trie.next(slot, text.charCodeAt(at), hash);
 * }
 * ```
 */
export class PrefixTrie {
  #memory = new Int32Array(0);
  /** The part of the memory that is in use. */
  #slots = this.#memory;
  /** What makes the number of a slot of 32 bits of hash. */
  #scale = 0;
  #usedCount = 0;
  /** The slot of each unit that begins a word, or -1. */
  #firstSlots = new Int32Array(0x10000);

  /** The id of each word is its place; an empty word is never found. */
  constructor(words: readonly string[] = []) {
    const starts = new Int32Array(words.length);
    for (let id = 1; id < words.length; id++) starts[id] = starts[id - 1]! + words[id - 1]!.length;
    const lengths = Int32Array.from(words, (word) => word.length);
    this.fill({ text: words.join(""), starts, lengths, count: words.length });
  }

  /** Hold these words in place of those before, in the same memory where that is enough. */
  fill(words: PlacedWords): void {
    let capacity = Math.ceil((words.count * usualUnits) / fullest) + 1;
    while (!this.#fits(words, capacity)) capacity = Math.ceil(capacity * 1.25);
  }

  /** The slot of the walk that begins with this unit, or -1. */
  first(unit: number): number {
    return this.#firstSlots[unit]!;
  }

  /** The slot one unit further, or -1; `hash` is that of all units up to this one. */
  next(from: number, unit: number, hash: number): number {
    const slots = this.#slots;
    if ((slots[from + 1]! & followerBit(unit)) === 0) return -1;
    const slot = this.#find(from, unit, hash);
    return slots[slot] === 0 ? -1 : slot;
  }

  /** The id of the word that ends at a slot, or -1. */
  idAt(slot: number): number {
    return this.#slots[slot + 2]!;
  }

  /** The id of a word, or -1. */
  idOf(word: string): number {
    if (word === "") return -1;
    let slot = this.first(word.charCodeAt(0));
    let hash = hashBehind(0, word.charCodeAt(0));
    for (let i = 1; i < word.length && slot >= 0; i++) {
      hash = hashBehind(hash, word.charCodeAt(i));
      slot = this.next(slot, word.charCodeAt(i), hash);
    }
    return slot < 0 ? -1 : this.idAt(slot);
  }

  /** Fill a table of this capacity; false where too much of it would be in use. */
  #fits({ text, starts, lengths, count }: PlacedWords, capacity: number): boolean {
    const length = capacity * slotSize;
    if (this.#memory.length < length) this.#memory = new Int32Array(length);
    this.#slots = this.#memory.subarray(0, length).fill(0);
    this.#scale = capacity / 2 ** 32;
    this.#usedCount = 0;
    this.#firstSlots.fill(-1);
    for (let id = 0; id < count; id++) {
      if (this.#usedCount + lengths[id]! > capacity * fullest) return false;
      this.#add(text, starts[id]!, starts[id]! + lengths[id]!, id);
    }
    return true;
  }

  #add(text: string, start: number, end: number, id: number): void {
    const slots = this.#slots;
    let slot = root;
    let hash = 0;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      const before = slot;
      hash = hashBehind(hash, unit);
      if (before !== root) slots[before + 1]! |= followerBit(unit);
      slot = this.#find(before, unit, hash);
      if (slots[slot] !== 0) continue;
      slots[slot] = before + 1;
      slots[slot + 1] = unit;
      slots[slot + 2] = -1;
      this.#usedCount++;
      if (before === root) this.#firstSlots[unit] = slot;
    }
    if (slot !== root) slots[slot + 2] = id;
  }

  /** The slot of a unit behind another, or the free slot where it would go. */
  #find(before: number, unit: number, hash: number): number {
    const slots = this.#slots;
    for (let slot = (((hash >>> 0) * this.#scale) | 0) * slotSize; ; ) {
      const found = slots[slot]!;
      if (found === 0 || (found === before + 1 && (slots[slot + 1]! & 0xffff) === unit)) return slot;
      slot += slotSize;
      if (slot === slots.length) slot = 0;
    }
  }
}

/** The hash of units and one more; that of none is 0. */
export function hashBehind(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x9e3779b1);
}

/** The bit of a slot that says whether units of the same remainder follow. */
function followerBit(unit: number): number {
  return 0x10000 << (unit & 15);
}
