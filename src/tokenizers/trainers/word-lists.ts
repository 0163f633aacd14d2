// Nodes stand in pages: growing must not copy, as copying holds everything twice.
const nodeBits = 18;
const nodeMask = 2 ** nodeBits - 1;

/**
 * Lists of words: a list is the number of its first node, 0 where it is empty; a node is a word and the next node.
 * Eight bytes a word, and the nodes of a list that is taken serve others.
 */
export class WordLists {
  /** The most words that all lists together are to have; who adds asks `isFull`. */
  readonly #limit: number;
  readonly #pages: Uint32Array[] = [];
  #end = 1;
  #free = 0;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many words stand in lists. */
  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#limit;
  }

  /** The list with a word before the others; where that is the first already, the list as it is. */
  add(list: number, word: number): number {
    const pages = this.#pages;
    if (list !== 0 && pages[list >>> nodeBits]![(list & nodeMask) * 2] === word) return list;
    let node = this.#free;
    const isNew = node === 0;
    if (isNew) {
      node = this.#end++;
      if (node >>> nodeBits === pages.length) pages.push(new Uint32Array(2 ** (nodeBits + 1)));
    }
    const page = pages[node >>> nodeBits]!;
    const at = (node & nodeMask) * 2;
    if (!isNew) this.#free = page[at + 1]!;
    page[at] = word;
    page[at + 1] = list;
    this.#size++;
    return node;
  }

  /** Go over the words of a list, whose nodes are free as soon as they are passed. */
  take(list: number, visit: (word: number) => void): void {
    for (let node = list; node !== 0; ) {
      const page = this.#pages[node >>> nodeBits]!;
      const at = (node & nodeMask) * 2;
      const word = page[at]!;
      const next = page[at + 1]!;
      page[at + 1] = this.#free;
      this.#free = node;
      this.#size--;
      node = next;
      visit(word);
    }
  }

  /** Put a list behind the last node of another. */
  append(end: number, list: number): void {
    this.#pages[end >>> nodeBits]![(end & nodeMask) * 2 + 1] = list;
  }

  /** Free the nodes of a list at once, by its last node and its length. */
  dropAll(list: number, end: number, length: number): void {
    this.#pages[end >>> nodeBits]![(end & nodeMask) * 2 + 1] = this.#free;
    this.#free = list;
    this.#size -= length;
  }

  /** Free the nodes of a list. */
  drop(list: number): void {
    this.take(list, () => {});
  }

  /** Forget all lists; the room they took is kept for others. */
  clear(): void {
    this.#end = 1;
    this.#free = 0;
    this.#size = 0;
  }
}
