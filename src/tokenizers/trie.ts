/**
 * Slots of four integers: the parent node plus one (0: free), the UTF-16 unit, the child node, the child's id
 * or -1.
 */
const slotSize = 4;

/**
 * Words with ids, found by walking a text unit by unit. The edges lie in one open hash table, so that a step
 * is one look-up in memory and a vocabulary of any size or alphabet costs the same.
 */
export class Trie {
  #edges = new Int32Array(1024 * slotSize);
  #slotMask = 1023;
  #edgeCount = 0;
  #matchEnd = 0;

  /** Add a word; of a word added twice the first id stays. An empty word is never found. */
  add(word: string, id: number): void {
    let node = 0;
    let slot = -1;
    for (let i = 0; i < word.length; i++) {
      const unit = word.charCodeAt(i);
      slot = this.#find(node, unit);
      if (this.#edges[slot] === 0) {
        if (this.#edgeCount * 2 > this.#slotMask) {
          this.#grow();
          slot = this.#find(node, unit);
        }
        this.#edges[slot] = node + 1;
        this.#edges[slot + 1] = unit;
        this.#edges[slot + 2] = ++this.#edgeCount;
        this.#edges[slot + 3] = -1;
      }
      node = this.#edges[slot + 2]!;
    }
    if (slot >= 0 && this.#edges[slot + 3] === -1) this.#edges[slot + 3] = id;
  }

  /** The node reached by `prefix`, to begin a search from, or -1 where no word begins so. */
  nodeOf(prefix: string): number {
    let node = 0;
    for (let i = 0; i < prefix.length; i++) {
      const slot = this.#find(node, prefix.charCodeAt(i));
      if (this.#edges[slot] === 0) return -1;
      node = this.#edges[slot + 2]!;
    }
    return node;
  }

  /**
   * The id of the longest word that stands in `text` at `from` and ends by `limit`, or -1. Where it ends is
   * then `matchEnd`. The search begins at `node`: 0 for whole words, `nodeOf(prefix)` for what follows a
   * prefix.
   */
  longest(text: string, from: number, limit: number, node: number): number {
    const edges = this.#edges;
    let id = -1;
    for (let i = from; i < limit; i++) {
      const slot = this.#find(node, text.charCodeAt(i));
      if (edges[slot] === 0) break;
      node = edges[slot + 2]!;
      if (edges[slot + 3]! >= 0) {
        id = edges[slot + 3]!;
        this.#matchEnd = i + 1;
      }
    }
    return id;
  }

  get matchEnd(): number {
    return this.#matchEnd;
  }

  /** The slot of an edge, or the free slot where it would go. */
  #find(node: number, unit: number): number {
    const edges = this.#edges;
    const mask = this.#slotMask;
    let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = (hash & mask) * slotSize;
    while (edges[slot] !== 0 && (edges[slot] !== node + 1 || edges[slot + 1] !== unit)) {
      slot = (slot + slotSize) & (mask * slotSize + slotSize - 1);
    }
    return slot;
  }

  #grow(): void {
    const old = this.#edges;
    this.#edges = new Int32Array(old.length * 4);
    this.#slotMask = this.#slotMask * 4 + 3;
    for (let i = 0; i < old.length; i += slotSize) {
      if (old[i] === 0) continue;
      const slot = this.#find(old[i]! - 1, old[i + 1]!);
      for (let k = 0; k < slotSize; k++) this.#edges[slot + k] = old[i + k]!;
    }
  }
}
