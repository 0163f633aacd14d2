import type { WordCounts } from "./word-counts.js";

/** Words to learn pieces from, one after the other in one text, each followed by U+0000. */
export interface UnigramCorpus {
  readonly text: string;
  /** Where each word begins; one more entry for the end of the text. A word ends one unit before the next. */
  readonly starts: Int32Array;
  readonly counts: Float64Array;
  /** The sum of all counts. */
  readonly total: number;
  /** The characters that pieces may have, with their counts, the most frequent first. */
  readonly characters: ReadonlyMap<string, number>;
}

/**
 * Lay the words out in the order of their counts. Of the characters the most frequent ones are kept that
 * together make the share `coverage` of the text, and those that are `required`.
 */
export function unigramCorpus(
  words: WordCounts,
  options: { coverage: number; characterLimit: number; required: readonly string[] },
): UnigramCorpus {
  const entries: [word: string, count: number][] = [];
  words.forEach((word, count) => {
    if (word !== "" && !word.includes("\0")) entries.push([word, count]);
  });
  entries.sort(([word, count], [other, otherCount]) => otherCount - count || (word < other ? -1 : 1));
  const starts = new Int32Array(entries.length + 1);
  const all = new Map<string, number>();
  let length = 0;
  entries.forEach(([word, count], i) => {
    starts[i] = length;
    length += word.length + 1;
    for (const character of word) all.set(character, (all.get(character) ?? 0) + count);
  });
  starts[entries.length] = length;
  const counts = Float64Array.from(entries, ([, count]) => count);
  return {
    text: entries.map(([word]) => `${word}\0`).join(""),
    starts,
    counts,
    total: counts.reduce((sum, count) => sum + count, 0),
    characters: coveredCharacters(all, options),
  };
}

function coveredCharacters(
  all: ReadonlyMap<string, number>,
  options: { coverage: number; characterLimit: number; required: readonly string[] },
): Map<string, number> {
  const byCount = [...all].sort(([a, count], [b, other]) => other - count || (a < b ? -1 : 1));
  const total = byCount.reduce((sum, [, count]) => sum + count, 0);
  const covered = new Map<string, number>();
  let seen = 0;
  for (const [character, count] of byCount) {
    if (seen / total >= options.coverage || covered.size >= options.characterLimit) break;
    seen += count;
    // SentencePiece's sign for an unknown character; a lone surrogate is none at all.
    if (character !== "\u2047" && !/^[\ud800-\udfff]$/.test(character)) covered.set(character, count);
  }
  for (const character of options.required) covered.set(character, all.get(character) ?? 1);
  return covered;
}
