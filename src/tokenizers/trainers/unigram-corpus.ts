import { type CoverageOptions, coveredCharacters } from "./covered-characters.js";
import type { WordCounts } from "./word-counts.js";

/** Words to learn pieces from, one after the other in one text, each followed by U+0000; then `characters`. */
export interface UnigramCorpus {
  readonly text: string;
  /** Where each word begins; one more entry for the end of the words. A word ends one unit before the next. */
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
 * Lay the words out in the order of their counts; a word and the same word with `sentenceEnd` are one. Of the
 * characters the most frequent ones are kept that together make the share `coverage` of the text, and those that are
 * `required`.
 */
export function unigramCorpus(words: WordCounts, options: CoverageOptions): UnigramCorpus {
  const { spellings, counts, finalCounts } = joinedFinals(words);
  const order = Int32Array.from(spellings, (_, i) => i);
  order.sort((a, b) => counts[b]! - counts[a]! || (spellings[a]! < spellings[b]! ? -1 : 1));
  const starts = new Int32Array(order.length + 1);
  order.forEach((word, i) => {
    starts[i + 1] = starts[i]! + spellings[word]!.length + 1;
  });
  const inOrder = Array.from(order, (word) => spellings[word]!);
  const characters = coveredCharacters(
    {
      forEach(visit) {
        for (const word of order) visit(spellings[word]!, counts[word]!);
      },
    },
    options,
  );
  inOrder.push([...characters.keys()].join(""));
  return {
    text: inOrder.join("\0"),
    starts,
    counts: Float64Array.from(order, (word) => counts[word]!),
    finalCounts: Float64Array.from(order, (word) => finalCounts[word]!),
    total: counts.reduce((sum, count) => sum + count, 0),
    characters,
  };
}

/** Words with their counts, and how many of these end a sentence, in columns. */
interface JoinedFinals {
  readonly spellings: string[];
  readonly counts: number[];
  readonly finalCounts: number[];
}

/** The words without `sentenceEnd`, each once; empty ones and those with NUL are left out. */
function joinedFinals(words: WordCounts): JoinedFinals {
  const numbers = new Map<string, number>();
  const joined: JoinedFinals = { spellings: [], counts: [], finalCounts: [] };
  const { spellings, counts, finalCounts } = joined;
  words.forEach((written, count) => {
    const isFinal = written.endsWith(sentenceEnd);
    const word = isFinal ? written.slice(0, -1) : written;
    if (word === "" || word.includes("\0")) return;
    const number = numbers.get(word) ?? spellings.length;
    if (number === spellings.length) {
      numbers.set(word, number);
      spellings.push(word);
      counts.push(0);
      finalCounts.push(0);
    }
    counts[number]! += count;
    if (isFinal) finalCounts[number]! += count;
  });
  return joined;
}
