import { MergeNeighbours } from "./merge-neighbours.js";
import { PairSketch } from "./pair-sketch.js";
import { WordLists } from "./word-lists.js";
import { PairTable } from "./word-piece-pairs.js";
import { PairQueue } from "./word-piece-queue.js";
import { compactWords, forEachWordWith, type SpelledWords } from "./word-piece-words.js";

/** By what the next pair is chosen. */
export type MergeScore = "frequency" | "likelihood";

/** How symbols are merged. */
export interface MergeSettings {
  readonly score: MergeScore;
  /** Pairs that occur less often are not merged. */
  readonly minFrequency: number;
  /** About how many merges are wanted: pairs too rare for that are left out while there are others. Default: none are. */
  readonly mergeCount?: number;
  /**
   * About how many bytes may be taken beside the words: a half for the words in which pairs stand, a quarter for the
   * pairs themselves, a quarter to look for frequent ones. Where no number of merges is given, all pairs are kept.
   */
  readonly memoryLimit: number;
  /** Whether two symbols may become one. Default: all may. */
  readonly isAllowed?: (left: number, right: number) => boolean;
}

/** A pair to merge. */
export interface BestPair {
  readonly left: number;
  readonly right: number;
}

const bytesPerListedWord = 8;
const bytesPerPair = 64; // in the table, its slots and the queue
const bytesPerBucket = 4;
/** So many pairs for each merge that is wanted are of use; more would never come up. */
const pairsPerMerge = 4;

/** To look at all words anew takes about as long as going over them to merge that many pairs. */
const scansPerLook = 32;

/**
 * Merges the best pair of neighbouring symbols, again and again: the most frequent one, or the one that makes
 * the text most likely for its frequency, count(ab) / (count(a) count(b)).
 *
 * In which words the best pairs stand is known, so that a merge touches only words it changes. Where there is no room
 * for all that, less is known, and found out by going over the words again: the result is the same.
 *
 * - Pairs without a list are merged by going over all words; after some of these, lists are made anew.
 * - Rare pairs are not in the table: one that is not there occurs less often than `#floor` says. The pairs of a new
 *   symbol are complete with the merge that makes the symbol, and from then on become rarer only. So none of those that
 *   are left out is missed before the best one is below the floor.
 */
export class Merger {
  #words: SpelledWords;
  readonly #settings: MergeSettings;
  readonly #pairs = new PairTable();
  readonly #queue: PairQueue;
  readonly #lists: WordLists;
  readonly #listedLimit: number;
  /** The most pairs that there is room for, and that are of use. */
  readonly #tableLimit: number;
  readonly #pairLimit: number;
  /** From so many pairs on, rare ones are dropped. */
  #dropFrom: number;
  #sketch: PairSketch | undefined;
  readonly #leastCount: number;
  #floor: number;
  #scanCount = 0;
  /** Symbols that stand in words, or have stood there. */
  readonly #isKnown: Uint8Array;
  #symbolCount = 0;
  readonly #before: MergeNeighbours;
  readonly #behind: MergeNeighbours;
  /** Where two merged symbols are neighbours. */
  readonly #between: MergeNeighbours;
  readonly #sides: readonly MergeNeighbours[];
  /** The pairs of each symbol, kept for the likelihood, which changes for all of them. */
  #pairsOf: number[][] = [];

  constructor(words: SpelledWords, settings: MergeSettings) {
    this.#words = words;
    this.#settings = settings;
    const { memoryLimit, mergeCount, minFrequency } = settings;
    this.#listedLimit = memoryLimit / 2 / bytesPerListedWord;
    const keepsAll = mergeCount === undefined;
    this.#tableLimit = keepsAll ? Number.POSITIVE_INFINITY : memoryLimit / 4 / bytesPerPair;
    this.#pairLimit = keepsAll
      ? Number.POSITIVE_INFINITY
      : Math.min(this.#tableLimit, pairsPerMerge * mergeCount);
    this.#dropFrom = this.#pairLimit;
    this.#leastCount = keepsAll ? 1 : Math.max(1, minFrequency);
    this.#floor = this.#leastCount;
    this.#queue = new PairQueue(this.#pairs, (pair) => this.#scoreOf(pair));
    this.#lists = new WordLists(this.#listedLimit);
    const symbolLimit = words.symbolCounts.length;
    this.#isKnown = new Uint8Array(symbolLimit);
    for (const symbol of words.symbols) this.#isKnown[symbol] = 1;
    for (const known of this.#isKnown) this.#symbolCount += known;
    this.#before = new MergeNeighbours(symbolLimit, this.#lists);
    this.#behind = new MergeNeighbours(symbolLimit, this.#lists);
    this.#between = new MergeNeighbours(symbolLimit, this.#lists);
    this.#sides = [this.#before, this.#behind, this.#between];
    this.#lookAtAllWords();
  }

  /** The best pair, which is then to be merged; undefined where none is frequent enough. */
  best(): BestPair | undefined {
    for (;;) {
      const pair = this.#queue.take();
      if (pair === undefined && this.#floor <= this.#leastCount) return undefined;
      const { lefts, rights, counts } = this.#pairs;
      if (pair !== undefined && counts[pair]! >= this.#floor)
        return { left: lefts[pair]!, right: rights[pair]! };
      this.#lookAtAllWords();
    }
  }

  /** Put `merged` in the place of a pair, in all words. */
  merge({ left, right }: BestPair, merged: number): void {
    let pair = this.#pairs.find(left, right);
    if (this.#pairs.isListed[pair] === 0 && ++this.#scanCount > scansPerLook) {
      this.#lookAtAllWords();
      pair = this.#pairs.find(left, right);
    }
    if (this.#lists.size > 0.75 * this.#listedLimit) this.#dropLists();
    const isListing = this.#mergeInWords(pair, left, right, merged);
    if (this.#isKnown[merged] === 1 && this.#floor > 1) {
      // pairs of the symbol that were left out may be frequent now: `#` and `##a` make what stands for `a` within words
      this.#forgetNeighbours();
      this.#lookAtAllWords();
      return;
    }
    if (this.#isKnown[merged] === 0) this.#symbolCount++;
    this.#isKnown[merged] = 1;
    for (const symbol of this.#before.symbols) {
      this.#lose(symbol, left, this.#before, symbol);
      this.#gain(symbol, merged, this.#before, symbol, isListing);
    }
    for (const symbol of this.#behind.symbols) {
      this.#lose(right, symbol, this.#behind, symbol);
      this.#gain(merged, symbol, this.#behind, symbol, isListing);
    }
    for (const symbol of this.#between.symbols) {
      this.#lose(right, left, this.#between, symbol);
      this.#gain(merged, merged, this.#between, symbol, isListing);
    }
    this.#pairs.counts[pair] = 0;
    this.#forgetNeighbours();
    if (this.#settings.score === "likelihood") this.#updatePairsOf(left, right);
    if (this.#pairs.size > this.#dropFrom) this.#keepFrequentPairs();
  }

  /** Merge in all words and note what stands beside; whether there was room for the words of the new pairs. */
  #mergeInWords(pair: number, left: number, right: number, merged: number): boolean {
    const { isListed, lists } = this.#pairs;
    let isListing = true;
    const mergeInWord = (word: number): void => {
      this.#mergeInWord(word, left, right, merged);
      if (!isListing || !this.#lists.isFull) return;
      isListing = false;
      for (const side of this.#sides) side.dropLists();
    };
    if (isListed[pair] === 0) forEachWordWith(this.#words, left, right, mergeInWord);
    else {
      const list = lists[pair]!;
      lists[pair] = 0;
      this.#lists.take(list, mergeInWord);
    }
    return isListing;
  }

  #forgetNeighbours(): void {
    for (const side of this.#sides) side.clear();
  }

  #mergeInWord(word: number, left: number, right: number, merged: number): void {
    const { symbols, starts, counts, none, symbolCounts } = this.#words;
    const start = starts[word]!;
    const limit = starts[word + 1]!;
    const count = counts[word]!;
    let first = start;
    for (; first + 1 < limit && (symbols[first] !== left || symbols[first + 1] !== right); first++)
      if (symbols[first] === none) return;
    let write = first;
    let mergeCount = 0;
    let isBehindMerged = false;
    for (let read = first; read < limit; ) {
      const symbol = symbols[read]!;
      if (symbol === none) break;
      if (symbol === left && read + 1 < limit && symbols[read + 1] === right) {
        if (isBehindMerged) this.#between.add(merged, word, count);
        else if (write > start) this.#before.add(symbols[write - 1]!, word, count);
        symbols[write++] = merged;
        isBehindMerged = true;
        mergeCount++;
        read += 2;
        continue;
      }
      if (isBehindMerged) this.#behind.add(symbol, word, count);
      symbols[write++] = symbol;
      isBehindMerged = false;
      read++;
    }
    if (mergeCount === 0) return;
    if (write < limit) symbols[write] = none;
    symbolCounts[left]! -= mergeCount * count;
    symbolCounts[right]! -= mergeCount * count;
    symbolCounts[merged]! += mergeCount * count;
  }

  /** A pair occurs less often, by what was noted of a symbol. */
  #lose(left: number, right: number, { counts }: MergeNeighbours, symbol: number): void {
    const pair = this.#pairs.find(left, right);
    if (pair >= 0) this.#pairs.counts[pair]! -= counts[symbol]!;
  }

  /** A pair occurs more often, by what was noted of a symbol. */
  #gain(left: number, right: number, noted: MergeNeighbours, symbol: number, isListing: boolean): void {
    const pairs = this.#pairs;
    let pair = pairs.find(left, right);
    if (pair < 0) {
      if (noted.counts[symbol]! < this.#floor || this.#settings.isAllowed?.(left, right) === false) {
        noted.dropList(symbol);
        return;
      }
      pair = pairs.enter(left, right);
      pairs.isListed[pair] = 1;
      if (this.#settings.score === "likelihood") this.#notePair(pair);
    }
    pairs.counts[pair]! += noted.counts[symbol]!;
    pairs.places[pair]! += noted.places[symbol]!;
    if (pairs.isListed[pair] === 0) noted.dropList(symbol);
    else if (isListing) pairs.lists[pair] = noted.listBefore(symbol, pairs.lists[pair]!);
    else this.#unlist(pair);
    this.#queue.update(pair);
  }

  #unlist(pair: number): void {
    this.#lists.drop(this.#pairs.lists[pair]!);
    this.#pairs.lists[pair] = 0;
    this.#pairs.isListed[pair] = 0;
  }

  /** Keep a pair by its symbols. */
  #notePair(pair: number): void {
    const [left, right] = [this.#pairs.lefts[pair]!, this.#pairs.rights[pair]!];
    for (const symbol of left === right ? [left] : [left, right]) {
      const known = this.#pairsOf[symbol];
      if (known === undefined) this.#pairsOf[symbol] = [pair];
      else known.push(pair);
    }
  }

  #updatePairsOf(left: number, right: number): void {
    for (const symbol of [left, right]) {
      const live = this.#pairsOf[symbol]!.filter((other) => this.#pairs.counts[other]! > 0);
      this.#pairsOf[symbol] = live;
      for (const other of live) this.#queue.update(other);
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

  /** Count all pairs anew, of the rare ones only some if there are too many, and list the words of the best. */
  #lookAtAllWords(): void {
    this.#words = compactWords(this.#words);
    this.#scanCount = 0;
    this.#lists.clear();
    const sketch = this.#sketchIfNeeded();
    this.#floor = Math.max(this.#leastCount, sketch?.countReachedBy(this.#pairLimit / 2) ?? 1);
    for (;;) {
      const greatest = this.#countPairs(sketch);
      if (this.#floor <= this.#leastCount || greatest >= this.#floor) break;
      // none reaches it: what was taken for one was several in a bucket
      this.#floor = Math.max(this.#leastCount, greatest > 0 ? greatest : Math.floor(this.#floor / 2));
    }
    this.#keepFrequentPairs();
    this.#listWords();
  }

  /** How often pairs occur at most, if there may be too many to count each. */
  #sketchIfNeeded(): PairSketch | undefined {
    const { symbols, starts, counts } = this.#words;
    const placeCount = symbols.length - counts.length;
    if (Math.min(placeCount, this.#symbolCount ** 2) <= this.#tableLimit) return undefined;
    const bucketCount = Math.min(this.#settings.memoryLimit / 4 / bytesPerBucket, 2 * placeCount);
    if (this.#sketch === undefined)
      this.#sketch = new PairSketch(2 ** Math.max(4, Math.ceil(Math.log2(bucketCount / 2))));
    else this.#sketch.clear();
    for (let word = 0; word < counts.length; word++) {
      const [limit, count] = [starts[word + 1]!, counts[word]!];
      for (let i = starts[word]! + 1; i < limit; i++) this.#sketch.add(symbols[i - 1]!, symbols[i]!, count);
    }
    return this.#sketch;
  }

  /** Count the pairs that may reach the floor. Returns the greatest count. */
  #countPairs(sketch: PairSketch | undefined): number {
    const pairs = this.#pairs;
    const { symbols, starts, counts } = this.#words;
    const { isAllowed } = this.#settings;
    const floor = this.#floor;
    pairs.clear();
    for (let word = 0; word < counts.length; word++) {
      const [limit, count] = [starts[word + 1]!, counts[word]!];
      for (let i = starts[word]! + 1; i < limit; i++) {
        const [left, right] = [symbols[i - 1]!, symbols[i]!];
        if (sketch?.mayReach(left, right, floor) === false) continue;
        let pair = pairs.find(left, right);
        if (pair < 0) {
          if (isAllowed?.(left, right) === false) continue;
          pair = pairs.enter(left, right);
        }
        pairs.counts[pair]! += count;
        pairs.places[pair]!++;
      }
    }
    let greatest = 0;
    for (let pair = 0; pair < pairs.size; pair++) greatest = Math.max(greatest, pairs.counts[pair]!);
    return greatest;
  }

  /** List the words of the best pairs for which there is room. */
  #listWords(): void {
    const { size, places, isListed, lists } = this.#pairs;
    let room = this.#listedLimit / 2; // merged pairs make new ones, which want room too
    let total = 0;
    for (let pair = 0; pair < size; pair++) total += places[pair]!;
    if (total <= room) isListed.fill(1, 0, size);
    else {
      // one that takes much room is merged by going over all words instead, and others are listed in its place
      const most = room / scansPerLook;
      const order = this.#byScore().filter((pair) => places[pair]! <= most);
      for (const pair of order) {
        room -= places[pair]!;
        if (room < 0) break;
        isListed[pair] = 1;
      }
    }
    const { symbols, starts } = this.#words;
    for (let word = 0; word < starts.length - 1; word++) {
      const limit = starts[word + 1]!;
      for (let i = starts[word]! + 1; i < limit; i++) {
        const pair = this.#pairs.find(symbols[i - 1]!, symbols[i]!);
        if (pair >= 0 && isListed[pair] === 1) lists[pair] = this.#lists.add(lists[pair]!, word);
      }
    }
  }

  /** All pairs, the best first. */
  #byScore(): Uint32Array {
    return Uint32Array.from({ length: this.#pairs.size }, (_, pair) => pair).sort((a, b) =>
      this.#queue.compare(a, b),
    );
  }

  /** Drop lists of the worst pairs, until there is room for others. */
  #dropLists(): void {
    for (const pair of this.#byScore().reverse()) {
      if (this.#lists.size <= this.#listedLimit / 2) return;
      this.#unlist(pair);
    }
  }

  /** Keep the pairs that reach the floor, which is raised where they are too many: then half of the table is free. */
  #keepFrequentPairs(): void {
    const pairs = this.#pairs;
    if (pairs.size > this.#pairLimit) {
      const counts = pairs.counts.slice(0, pairs.size).sort();
      const lastDropped = counts[Math.max(0, pairs.size - 1 - Math.floor(this.#pairLimit / 2))]!;
      // of equals all are kept, or none would be left
      this.#floor = Math.max(this.#floor, Math.min(counts.at(-1)!, lastDropped + 1));
    }
    for (let pair = 0; pair < pairs.size; pair++)
      if (pairs.counts[pair]! < this.#floor) this.#lists.drop(pairs.lists[pair]!);
    pairs.keep((pair) => pairs.counts[pair]! >= this.#floor);
    this.#dropFrom = pairs.size < this.#pairLimit ? this.#pairLimit : 2 * pairs.size;
    this.#queue.clear();
    this.#pairsOf = [];
    for (let pair = 0; pair < pairs.size; pair++) {
      if (this.#settings.score === "likelihood") this.#notePair(pair);
      this.#queue.update(pair);
    }
  }
}
