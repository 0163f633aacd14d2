import type { WordCounts } from "./word-counts.js";

/** Words spelt as symbols, end to end in one array. */
export interface SpelledWords {
  /** The symbols of all words; a word that has become shorter ends with `none`. */
  readonly symbols: Uint16Array | Uint32Array;
  readonly none: number;
  /** Where each word begins, and where the last one ends. */
  readonly starts: Uint32Array;
  readonly counts: Uint32Array | Float64Array;
  /** How often each symbol occurs, words of one symbol included. */
  readonly symbolCounts: Float64Array;
}

/** What a first look at the words tells. */
export interface Characters {
  /** How often each code point occurs, up to the last one that does. */
  readonly counts: Float64Array;
  /** Those that occur behind the first of a word. */
  readonly inner: Uint8Array;
  /** All of them together, each word once. */
  readonly total: number;
  readonly greatestCount: number;
}

const codePointCount = 0x110000;

/** Count the characters of words. Single surrogates are none: no file could hold them. */
export function countCharacters(words: WordCounts): Characters {
  const counts = new Float64Array(codePointCount);
  const inner = new Uint8Array(codePointCount);
  let total = 0;
  let greatestCount = 0;
  let last = 0;
  words.forEach((word, count) => {
    if (count > greatestCount) greatestCount = count;
    for (let i = 0; i < word.length; total++) {
      const codePoint = word.codePointAt(i)!;
      counts[codePoint]! += count;
      if (i > 0) inner[codePoint] = 1;
      if (codePoint > last) last = codePoint;
      i += codePoint > 0xffff ? 2 : 1;
    }
  });
  counts.fill(0, 0xd800, 0xe000);
  // tables by code point are as short as these, and stay in the cache
  return { counts: counts.subarray(0, last + 1), inner: inner.subarray(0, last + 1), total, greatestCount };
}

/** Which characters an alphabet has. */
export interface AlphabetOptions {
  /** Characters that belong to the vocabulary whether they occur or not. */
  initialAlphabet?: readonly string[];
  /** The most characters to keep: the most frequent ones. */
  alphabetLimit?: number;
}

/** The code points of the alphabet, in their own order. */
export function chooseAlphabet(counts: Float64Array, options: AlphabetOptions): number[] {
  const { initialAlphabet = [], alphabetLimit } = options;
  const wanted = new Set(initialAlphabet.flatMap((text) => [...text].map((one) => one.codePointAt(0)!)));
  const chosen = new Set(wanted);
  for (let codePoint = 0; codePoint < counts.length; codePoint++)
    if (counts[codePoint]! > 0) chosen.add(codePoint);
  const all = [...chosen].sort((a, b) => a - b);
  if (alphabetLimit === undefined || all.length <= alphabetLimit) return all;
  const weight = (codePoint: number): number =>
    wanted.has(codePoint) ? Number.POSITIVE_INFINITY : counts[codePoint]!;
  const kept = all
    .sort((a, b) => (weight(a) === weight(b) ? a - b : weight(b) - weight(a)))
    .slice(0, Math.max(alphabetLimit, wanted.size));
  return kept.sort((a, b) => a - b);
}

/**
 * Spell words with the symbols of `firstOf` and `innerOf`, which give the symbol of a code point at the start
 * of a word and behind it, -1 for those outside the alphabet. Those are left out.
 */
export function spellWords(
  words: WordCounts,
  characters: Characters,
  firstOf: Int32Array,
  innerOf: Int32Array,
  symbolLimit: number,
): SpelledWords {
  const narrow = symbolLimit < 2 ** 16;
  const symbols = narrow ? new Uint16Array(characters.total) : new Uint32Array(characters.total);
  const starts = new Uint32Array(words.size + 1);
  const wide = characters.greatestCount >= 2 ** 32;
  const counts = wide ? new Float64Array(words.size) : new Uint32Array(words.size);
  const symbolCounts = new Float64Array(symbolLimit);
  let wordCount = 0;
  let length = 0;
  words.forEach((word, count) => {
    const start = length;
    for (let i = 0; i < word.length; ) {
      const codePoint = word.codePointAt(i)!;
      const symbol = i === 0 ? firstOf[codePoint]! : innerOf[codePoint]!;
      i += codePoint > 0xffff ? 2 : 1;
      if (symbol < 0) continue;
      symbols[length++] = symbol;
      symbolCounts[symbol]! += count;
    }
    if (length - start < 2) {
      length = start; // nothing to merge
      return;
    }
    counts[wordCount++] = count;
    starts[wordCount] = length;
  });
  return {
    symbols: symbols.subarray(0, length),
    none: narrow ? 2 ** 16 - 1 : 2 ** 32 - 1,
    starts: starts.subarray(0, wordCount + 1),
    counts: counts.subarray(0, wordCount),
    symbolCounts,
  };
}

/** Close the gaps that merging left, in the arrays themselves; words of one symbol are left out. */
export function compactWords(words: SpelledWords): SpelledWords {
  const { symbols, none, starts, counts } = words;
  let wordCount = 0;
  let length = 0;
  let at = 0;
  for (let word = 0; word < counts.length; word++) {
    const start = length;
    const limit = starts[word + 1]!;
    for (; at < limit && symbols[at] !== none; at++) symbols[length++] = symbols[at]!;
    at = limit;
    if (length - start < 2) {
      length = start; // nothing to merge
      continue;
    }
    counts[wordCount++] = counts[word]!;
    starts[wordCount] = length;
  }
  return {
    ...words,
    symbols: symbols.subarray(0, length),
    starts: starts.subarray(0, wordCount + 1),
    counts: counts.subarray(0, wordCount),
  };
}

/** Visit the words in which two symbols are neighbours, by their numbers. */
export function forEachWordWith(
  { symbols, starts, none }: SpelledWords,
  left: number,
  right: number,
  visit: (word: number) => void,
): void {
  for (let word = 0; word < starts.length - 1; word++) {
    const limit = starts[word + 1]!;
    let before = none;
    for (let i = starts[word]!; i < limit; i++) {
      const symbol = symbols[i]!;
      if (symbol === none) break;
      if (symbol === right && before === left) {
        visit(word);
        break;
      }
      before = symbol;
    }
  }
}
