// Nodes stand in pages: growing must not copy, as copying holds everything twice.
const nodeBits = 18;
const nodeMask = 2 ** nodeBits - 1;

/**
 * Pairs of neighbouring symbols, numbered as they come: how often each occurs and in which words. A table of
 * its own, as a Map of millions of pairs takes ten times the memory. It is emptied and filled again, as one made anew
 * would stand beside the old one until that is collected.
 */
export class PairTable {
  size = 0;
  lefts: Uint32Array = new Uint32Array(1024);
  rights: Uint32Array = new Uint32Array(1024);
  counts: Float64Array = new Float64Array(1024);
  /** In how many places a pair stood when the table was made, however often each word came. */
  places: Uint32Array = new Uint32Array(1024);
  #slots = new Int32Array(4096).fill(-1);
  // The words of a pair are a linked list of nodes, each a word and the next node; 0 ends it.
  #heads = new Uint32Array(1024);
  readonly #nodePages: Uint32Array[] = [];
  #nodeEnd = 1;
  #freeNode = 0;
  #nodeCount = 0;

  /** How many words stand in lists. */
  get listedCount(): number {
    return this.#nodeCount;
  }

  /** The number of a pair, which is made where it is new. */
  numberOf(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOfPair(left, right) & mask;
    for (let pair = this.#slots[slot]!; pair >= 0; pair = this.#slots[slot]!) {
      if (this.lefts[pair] === left && this.rights[pair] === right) return pair;
      slot = (slot + 1) & mask;
    }
    const pair = this.size++;
    if (pair === this.lefts.length) this.#grow();
    this.lefts[pair] = left;
    this.rights[pair] = right;
    this.#slots[slot] = pair;
    if (this.size * 2 > this.#slots.length) this.#spread();
    return pair;
  }

  /** Forget all pairs; the room they took is kept for others. */
  clear(): void {
    this.counts.fill(0, 0, this.size);
    this.places.fill(0, 0, this.size);
    this.#heads.fill(0, 0, this.size);
    this.#slots.fill(-1);
    this.size = 0;
    this.#nodeEnd = 1;
    this.#freeNode = 0;
    this.#nodeCount = 0;
  }

  /** Note that a pair stands in a word; noted twice in a row, it counts once. */
  list(pair: number, word: number): void {
    const head = this.#heads[pair]!;
    const pages = this.#nodePages;
    if (head !== 0 && pages[head >>> nodeBits]![(head & nodeMask) * 2] === word) return;
    let node = this.#freeNode;
    if (node === 0) {
      node = this.#nodeEnd++;
      if (node >>> nodeBits === pages.length) pages.push(new Uint32Array(2 ** (nodeBits + 1)));
    }
    const page = pages[node >>> nodeBits]!;
    const at = (node & nodeMask) * 2;
    if (node === this.#freeNode) this.#freeNode = page[at + 1]!;
    page[at] = word;
    page[at + 1] = head;
    this.#heads[pair] = node;
    this.#nodeCount++;
  }

  /** Go over the words of a pair, and forget them. */
  takeWords(pair: number, visit: (word: number) => void): void {
    let node = this.#heads[pair]!;
    this.#heads[pair] = 0;
    while (node !== 0) {
      const page = this.#nodePages[node >>> nodeBits]!;
      const at = (node & nodeMask) * 2;
      const word = page[at]!;
      const next = page[at + 1]!;
      page[at + 1] = this.#freeNode; // list() may use the node again at once
      this.#freeNode = node;
      this.#nodeCount--;
      node = next;
      visit(word);
    }
  }

  #grow(): void {
    this.lefts = enlarged(this.lefts, Uint32Array);
    this.rights = enlarged(this.rights, Uint32Array);
    this.counts = enlarged(this.counts, Float64Array);
    this.places = enlarged(this.places, Uint32Array);
    this.#heads = enlarged(this.#heads, Uint32Array);
  }

  #spread(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let pair = 0; pair < this.size; pair++) {
      let slot = hashOfPair(this.lefts[pair]!, this.rights[pair]!) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = pair;
    }
    this.#slots = slots;
  }
}

/** The numbers of an array at the beginning of one that is twice as long. */
export function enlarged<Numbers extends Uint32Array | Float64Array>(
  array: Numbers,
  ArrayType: new (length: number) => Numbers,
): Numbers {
  const larger = new ArrayType(array.length * 2);
  larger.set(array);
  return larger;
}

function hashOfPair(left: number, right: number): number {
  let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
