import type { WordLists } from "./word-lists.js";

/**
 * What stands on one side of a pair while it is merged in all words. Each symbol there loses a pair and gains one, the
 * same for all places, so that pairs are looked up once for each symbol and not once for each place.
 */
export class MergeNeighbours {
  /** The symbols that stand there. */
  readonly symbols: number[] = [];
  /** Of each symbol: how often, in how many places of distinct words, and in which words. */
  readonly counts: Float64Array;
  readonly places: Uint32Array;
  readonly lists: Uint32Array;
  /** The last node and the length of each list, so that it can be dropped at once. */
  readonly #ends: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #wordLists: WordLists;
  #isListing = true;

  constructor(symbolLimit: number, wordLists: WordLists) {
    this.counts = new Float64Array(symbolLimit);
    this.places = new Uint32Array(symbolLimit);
    this.lists = new Uint32Array(symbolLimit);
    this.#ends = new Uint32Array(symbolLimit);
    this.#lengths = new Uint32Array(symbolLimit);
    this.#wordLists = wordLists;
  }

  /** Note a place. */
  add(symbol: number, word: number, count: number): void {
    if (this.places[symbol]! === 0) this.symbols.push(symbol);
    this.places[symbol]!++;
    this.counts[symbol]! += count;
    if (this.#isListing) this.#list(symbol, word);
  }

  /** Drop the list of a symbol. */
  dropList(symbol: number): void {
    if (this.lists[symbol] === 0) return;
    this.#wordLists.dropAll(this.lists[symbol]!, this.#ends[symbol]!, this.#lengths[symbol]!);
    this.lists[symbol] = 0;
  }

  /** The list of a symbol with another one behind it. */
  listBefore(symbol: number, list: number): number {
    if (this.lists[symbol] === 0) return list;
    this.#wordLists.append(this.#ends[symbol]!, list);
    return this.lists[symbol]!;
  }

  /** There is no room for lists: drop them, and keep none for this merge. */
  dropLists(): void {
    this.#isListing = false;
    for (const symbol of this.symbols) this.dropList(symbol);
  }

  /** Forget all; whoever has the lists keeps them. */
  clear(): void {
    for (const symbol of this.symbols) {
      this.counts[symbol] = 0;
      this.places[symbol] = 0;
      this.lists[symbol] = 0;
    }
    this.symbols.length = 0;
    this.#isListing = true;
  }

  #list(symbol: number, word: number): void {
    const list = this.lists[symbol]!;
    const longer = this.#wordLists.add(list, word);
    if (longer === list) return;
    this.lists[symbol] = longer;
    if (list === 0) {
      this.#ends[symbol] = longer;
      this.#lengths[symbol] = 0;
    }
    this.#lengths[symbol]!++;
  }
}
