/**
 * Slots of four integers: the parent node plus one (0: free), the UTF-16 unit and in the upper half which units may
 * follow (a bit for each remainder by 16, so that most of those that do not are not looked for), the child node, the
 * child's id or -1.
 */
const slotSize = 4;

/**
 * Words with ids, all of whose prefixes-of-a-text are wanted. A walk takes the first unit from a plain table
 * and every further one from an open hash table, so that each step is about one look-up in memory whatever
 * the alphabet.
 *
 * ```ts
 * for (let slot = trie.first(text.charCodeAt(at)); slot >= 0; slot = trie.next(slot, text.charCodeAt(++at)))
 *   if (trie.idAt(slot) >= 0) { } // a word ends with the unit at `at`
 * ```
 */
export class PrefixTrie {
  #edges: Int32Array;
  #slotMask: number;
  #edgeCount = 0;
  /** The slot of each unit's edge from the root, or -1. */
  #firstSlots = new Int32Array(0x10000).fill(-1);

  constructor(words: readonly string[], ids: Int32Array) {
    // Every word ends at a node of its own, so this is the least that is needed; it grows to stay half empty.
    let capacity = 1024;
    while (capacity < words.length * 2) capacity *= 2;
    this.#edges = new Int32Array(capacity * slotSize);
    this.#slotMask = capacity - 1;
    words.forEach((word, index) => {
      if (ids[index]! >= 0) this.#add(word, ids[index]!);
    });
    for (let i = 0; i < this.#edges.length; i += slotSize) {
      if (this.#edges[i] === 1) this.#firstSlots[this.#edges[i + 1]! & 0xffff] = i;
    }
  }

  /** The slot of the walk that begins with this unit, or -1. */
  first(unit: number): number {
    return this.#firstSlots[unit]!;
  }

  /** The slot one unit further, or -1. */
  next(from: number, unit: number): number {
    const edges = this.#edges;
    if ((edges[from + 1]! & followerBit(unit)) === 0) return -1;
    const slot = this.#find(edges[from + 2]!, unit);
    return edges[slot] === 0 ? -1 : slot;
  }

  /** The id of the word that ends at a slot, or -1. */
  idAt(slot: number): number {
    return this.#edges[slot + 3]!;
  }

  /** The id of a word, or -1. */
  idOf(word: string): number {
    if (word === "") return -1;
    let slot = this.first(word.charCodeAt(0));
    for (let i = 1; i < word.length && slot >= 0; i++) slot = this.next(slot, word.charCodeAt(i));
    return slot < 0 ? -1 : this.idAt(slot);
  }

  #add(word: string, id: number): void {
    while ((this.#edgeCount + word.length) * 2 > this.#slotMask) this.#rehash((this.#slotMask + 1) * 2);
    const edges = this.#edges;
    let slot = -1;
    let node = 0;
    for (let i = 0; i < word.length; i++) {
      const unit = word.charCodeAt(i);
      if (slot >= 0) edges[slot + 1]! |= followerBit(unit);
      slot = this.#find(node, unit);
      if (edges[slot] === 0) {
        edges[slot] = node + 1;
        edges[slot + 1] = unit;
        edges[slot + 2] = ++this.#edgeCount;
        edges[slot + 3] = -1;
      }
      node = edges[slot + 2]!;
    }
    if (slot >= 0) edges[slot + 3] = id;
  }

  /** The slot of an edge, or the free slot where it would go. */
  #find(node: number, unit: number): number {
    const edges = this.#edges;
    const mask = this.#slotMask;
    let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const at = slot * slotSize;
      const parent = edges[at]!;
      if (parent === 0 || (parent === node + 1 && (edges[at + 1]! & 0xffff) === unit)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #rehash(capacity: number): void {
    const old = this.#edges;
    this.#edges = new Int32Array(capacity * slotSize);
    this.#slotMask = capacity - 1;
    for (let i = 0; i < old.length; i += slotSize) {
      if (old[i] === 0) continue;
      const slot = this.#find(old[i]! - 1, old[i + 1]! & 0xffff);
      for (let k = 0; k < slotSize; k++) this.#edges[slot + k] = old[i + k]!;
    }
  }
}

/** The bit of a slot that says whether units of the same remainder follow. */
function followerBit(unit: number): number {
  return 0x10000 << (unit & 15);
}
