import { compareCodePoints } from "./code-point-order.js";
import type { WordCounts } from "./word-counts.js";

/** Which characters a vocabulary has. */
export interface CoverageOptions {
  /** The share of the text that the most frequent characters must make together. */
  coverage: number;
  /** The most characters. Default: any number. */
  characterLimit?: number;
  /** Characters that belong to the vocabulary whether they are frequent or not. */
  required?: readonly string[];
}

const noCharacter = /^[\0\u2585\ud800-\udfff]$/;

/**
 * The characters of the words with their counts, the most frequent first, as SentencePiece chooses them: a tab
 * stands where no piece may reach across, NUL and half a surrogate pair are no characters, `▅` is its sign for those
 * that have no place. (It takes no notice of sentences with that sign; here they count as others do.)
 */
export function coveredCharacters(
  words: Pick<WordCounts, "forEach">,
  { coverage, characterLimit = Number.POSITIVE_INFINITY, required = [] }: CoverageOptions,
): Map<string, number> {
  const all = new Map<string, number>();
  words.forEach((word, count) => {
    for (const character of word) all.set(character, (all.get(character) ?? 0) + count);
  });
  for (const character of all.keys()) if (noCharacter.test(character)) all.delete(character);
  const byCount = [...all].sort(([a, count], [b, other]) => other - count || compareCodePoints(a, b));
  const total = byCount.reduce((sum, [, count]) => sum + count, 0);
  const covered = new Map<string, number>();
  let seen = 0;
  for (const [character, count] of byCount) {
    // the original computes in 32 bits
    if (Math.fround(seen / total) >= Math.fround(coverage) || covered.size >= characterLimit) break;
    seen += count;
    if (character !== "\t") covered.set(character, count);
  }
  for (const character of required) covered.set(character, all.get(character) ?? 1);
  return covered;
}
