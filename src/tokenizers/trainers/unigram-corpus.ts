import { type CoverageOptions, coveredCharacters } from "./covered-characters.js";
import type { WordCounts } from "./word-counts.js";

/** Words to learn pieces from, one after the other in one text, each followed by U+0000. */
export interface UnigramCorpus {
  readonly text: string;
  /** Where each word begins; one more entry for the end of the text. A word ends one unit before the next. */
  readonly starts: Int32Array;
  readonly counts: Float64Array;
  /** How many of these occurrences end a sentence. */
  readonly finalCounts: Float64Array;
  /** The sum of all counts. */
  readonly total: number;
  /** The characters that pieces may have, with their counts, the most frequent first. */
  readonly characters: ReadonlyMap<string, number>;
}

/** Written behind a word whose count is that of the places where it ends a sentence. */
export const sentenceEnd = "\n";

/**
 * Lay the words out in the order of their counts; a word and the same word with `sentenceEnd` are one. Of the characters the most frequent ones are kept that
 * together make the share `coverage` of the text, and those that are `required`.
 */
export function unigramCorpus(words: WordCounts, options: CoverageOptions): UnigramCorpus {
  const merged = new Map<string, { count: number; final: number }>();
  words.forEach((written, count) => {
    const isFinal = written.endsWith(sentenceEnd);
    const word = isFinal ? written.slice(0, -1) : written;
    if (word === "" || word.includes("\0")) return;
    const known = merged.get(word) ?? { count: 0, final: 0 };
    merged.set(word, { count: known.count + count, final: known.final + (isFinal ? count : 0) });
  });
  const entries = [...merged].map(([word, { count }]): [string, number] => [word, count]);
  entries.sort(([word, count], [other, otherCount]) => otherCount - count || (word < other ? -1 : 1));
  const starts = new Int32Array(entries.length + 1);
  let length = 0;
  entries.forEach(([word], i) => {
    starts[i] = length;
    length += word.length + 1;
  });
  starts[entries.length] = length;
  const counts = Float64Array.from(entries, ([, count]) => count);
  return {
    text: entries.map(([word]) => `${word}\0`).join(""),
    starts,
    counts,
    finalCounts: Float64Array.from(entries, ([word]) => merged.get(word)!.final),
    total: counts.reduce((sum, count) => sum + count, 0),
    characters: coveredCharacters(
      {
        forEach(visit) {
          for (const [word, count] of entries) visit(word, count);
        },
      },
      options,
    ),
  };
}
