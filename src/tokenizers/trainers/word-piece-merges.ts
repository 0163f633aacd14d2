import { enlarged, PairTable } from "./word-piece-pairs.js";
import { PairQueue } from "./word-piece-queue.js";
import type { SpelledWords } from "./word-piece-words.js";

/** By what the next pair is chosen. */
export type MergeScore = "frequency" | "likelihood";

/** How symbols are merged. */
export interface MergeSettings {
  readonly score: MergeScore;
  /** Pairs that occur less often are not merged. */
  readonly minFrequency: number;
  /** About the most places of pairs to keep in memory, 8 bytes each; of the others only the count is known. */
  readonly placesLimit: number;
}

/**
 * Merges the best pair of neighbouring symbols, again and again: the most frequent one, or the one that makes
 * the text most likely for its frequency, count(ab) / (count(a) count(b)).
 *
 * The places of the best pairs are known, so that a merge touches only words it changes. Where there is no
 * room for the places of all pairs, the words are gone over anew when the known ones are used up: the result
 * is the same.
 */
export class Merger {
  readonly #words: SpelledWords;
  readonly #settings: MergeSettings;
  readonly #pairs = new PairTable();
  #queue!: PairQueue;
  /** Whether the places of a pair are known; those of later pairs always are. */
  #isPlaced!: Uint8Array;
  /** For each pair the last merge by which it became more frequent, so that a merge notes it once, not at each place. */
  #risenBy = new Uint32Array(1024);
  #mergeNumber = 0;
  /** The pairs of each symbol, kept for the likelihood, which changes for all of them. */
  #pairsOf: number[][] = [];

  constructor(words: SpelledWords, settings: MergeSettings) {
    this.#words = words;
    this.#settings = settings;
    this.#lookAtAllWords();
  }

  /** The best pair, left and right; undefined where none is frequent enough. */
  best(): { readonly pair: number; readonly left: number; readonly right: number } | undefined {
    for (;;) {
      const pair = this.#queue.take();
      if (pair === undefined) return undefined;
      if (pair >= this.#isPlaced.length || this.#isPlaced[pair] === 1)
        return { pair, left: this.#pairs.lefts[pair]!, right: this.#pairs.rights[pair]! };
      this.#lookAtAllWords();
    }
  }

  /** Put `merged` in the place of a pair, in all words. */
  merge(pair: number, merged: number): void {
    const { lefts, rights, counts } = this.#pairs;
    const [left, right] = [lefts[pair]!, rights[pair]!];
    const risen: number[] = [];
    this.#mergeNumber++;
    this.#pairs.takeWords(pair, (word) => {
      this.#mergeInWord(word, left, right, merged, risen);
    });
    counts[pair] = 0;
    if (this.#settings.score === "likelihood") {
      for (const symbol of [left, right]) {
        const live = this.#pairsOf[symbol]!.filter((other) => this.#pairs.counts[other]! > 0);
        this.#pairsOf[symbol] = live;
        for (const other of live) this.#queue.update(other);
      }
    }
    for (const other of risen) this.#queue.update(other);
    const { placesLimit } = this.#settings;
    if (this.#pairs.listedCount > placesLimit || this.#pairs.size > placesLimit) this.#lookAtAllWords();
  }

  #mergeInWord(word: number, left: number, right: number, merged: number, risen: number[]): void {
    const { symbols, starts, counts, none, symbolCounts } = this.#words;
    const start = starts[word]!;
    const limit = starts[word + 1]!;
    const count = counts[word]!;
    let before = none; // the symbol before `read`, as it was
    let write = start;
    let justMerged = false;
    for (let read = start; read < limit; ) {
      const symbol = symbols[read]!;
      if (symbol === none) break;
      if (symbol === left && read + 1 < limit && symbols[read + 1] === right) {
        if (write > start) {
          this.#decrease(before, left, count);
          this.#increase(symbols[write - 1]!, merged, word, count, risen);
        }
        symbolCounts[left]! -= count;
        symbolCounts[right]! -= count;
        symbolCounts[merged]! += count;
        symbols[write++] = merged;
        before = right;
        justMerged = true;
        read += 2;
        continue;
      }
      if (justMerged) {
        this.#decrease(right, symbol, count);
        this.#increase(merged, symbol, word, count, risen);
        justMerged = false;
      }
      symbols[write++] = symbol;
      before = symbol;
      read++;
    }
    if (write < limit) symbols[write] = none;
  }

  #decrease(left: number, right: number, count: number): void {
    this.#pairs.counts[this.#pairs.numberOf(left, right)]! -= count;
  }

  #increase(left: number, right: number, word: number, count: number, risen: number[]): void {
    const size = this.#pairs.size;
    const pair = this.#pairs.numberOf(left, right);
    if (pair === size) this.#enter(pair);
    this.#pairs.counts[pair]! += count;
    if (pair >= this.#isPlaced.length || this.#isPlaced[pair] === 1) this.#pairs.list(pair, word);
    while (pair >= this.#risenBy.length) this.#risenBy = enlarged(this.#risenBy, Uint32Array);
    if (this.#risenBy[pair] === this.#mergeNumber) return;
    this.#risenBy[pair] = this.#mergeNumber;
    risen.push(pair);
  }

  /** Note a new pair with its symbols. */
  #enter(pair: number): void {
    if (this.#settings.score === "frequency") return;
    const [left, right] = [this.#pairs.lefts[pair]!, this.#pairs.rights[pair]!];
    for (const symbol of left === right ? [left] : [left, right]) {
      const known = this.#pairsOf[symbol];
      if (known === undefined) this.#pairsOf[symbol] = [pair];
      else known.push(pair);
    }
  }

  #scoreOf(pair: number): number {
    const { minFrequency, score } = this.#settings;
    const count = this.#pairs.counts[pair]!;
    if (count < minFrequency || count <= 0) return 0;
    if (score === "frequency") return count;
    const { symbolCounts } = this.#words;
    return count / (symbolCounts[this.#pairs.lefts[pair]!]! * symbolCounts[this.#pairs.rights[pair]!]!);
  }

  /** Count all pairs anew, and note the places of the best ones. */
  #lookAtAllWords(): void {
    const pairs = this.#pairs;
    pairs.clear();
    this.#queue = new PairQueue(pairs, (pair) => this.#scoreOf(pair));
    this.#pairsOf = [];
    this.#forEachPlace((left, right, word) => {
      const pair = pairs.numberOf(left, right);
      pairs.counts[pair]! += this.#words.counts[word]!;
      pairs.places[pair]!++;
    });
    for (let pair = 0; pair < pairs.size; pair++) {
      this.#enter(pair);
      this.#queue.update(pair);
    }
    this.#isPlaced = this.#choosePlaced();
    this.#forEachPlace((left, right, word) => {
      const pair = pairs.numberOf(left, right);
      if (this.#isPlaced[pair] === 1) pairs.list(pair, word);
    });
  }

  #choosePlaced(): Uint8Array {
    const { size, places } = this.#pairs;
    const isPlaced = new Uint8Array(size);
    const scores = Float64Array.from({ length: size }, (_, pair) => this.#scoreOf(pair));
    let room = this.#settings.placesLimit / 2; // merged pairs make new ones, which want room too
    const total = places.subarray(0, size).reduce((sum, count) => sum + count, 0);
    if (total <= room) return isPlaced.fill(1);
    const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
    // the first one whatever it takes, or nothing would ever be merged
    for (const [rank, pair] of order.entries()) {
      room -= places[pair]!;
      if (room < 0 && rank > 0) break;
      isPlaced[pair] = 1;
    }
    // of equals the queue may take another one first
    const least = scores[order[0]!]!;
    for (let i = 0; i < size && scores[order[i]!] === least; i++) isPlaced[order[i]!] = 1;
    return isPlaced;
  }

  #forEachPlace(visit: (left: number, right: number, word: number) => void): void {
    const { symbols, starts, none } = this.#words;
    for (let word = 0; word < starts.length - 1; word++) {
      const limit = starts[word + 1]!;
      let left = symbols[starts[word]!]!;
      for (let i = starts[word]! + 1; i < limit; i++) {
        const right = symbols[i]!;
        if (right === none) break;
        visit(left, right, word);
        left = right;
      }
    }
  }
}
