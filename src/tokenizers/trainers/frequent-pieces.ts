import { compareCodePoints } from "./code-point-order.js";
import { coveredCharacters } from "./covered-characters.js";
import type { WordCounts } from "./word-counts.js";

/** What the pieces of a SentencePiece model of characters or words are chosen by. */
export interface FrequentPiecesOptions {
  /** The most pieces. Default 8000. */
  pieceCount?: number;
  /** The share of the text that the characters of the vocabulary make. Default 0.9995. */
  characterCoverage?: number;
}

/** The characters of a SentencePiece model of characters, the most frequent first; scores are logarithms of shares. */
export function characterPieces(
  words: WordCounts,
  { pieceCount = 8000, characterCoverage = 0.9995 }: FrequentPiecesOptions = {},
): [piece: string, score: number][] {
  return withShares([...coveredCharacters(words, { coverage: characterCoverage })], pieceCount);
}

/** The words of a SentencePiece model of words, the most frequent first; those with other characters are left out. */
export function frequentWords(
  words: WordCounts,
  { pieceCount = 8000, characterCoverage = 0.9995 }: FrequentPiecesOptions = {},
): [piece: string, score: number][] {
  const characters = coveredCharacters(words, { coverage: characterCoverage });
  const counts: [word: string, count: number][] = [];
  let other = 0;
  words.forEach((word, count) => {
    if (word !== "" && [...word].every((character) => characters.has(character))) counts.push([word, count]);
    else other += count;
  });
  counts.sort(([a, one], [b, another]) => another - one || compareCodePoints(a, b));
  return withShares(counts, pieceCount, other);
}

/** The original computes in 32 bits. */
function withShares(
  counts: readonly (readonly [piece: string, count: number])[],
  pieceCount: number,
  other = 0,
): [piece: string, score: number][] {
  const logarithm = Math.fround(Math.log(counts.reduce((sum, [, count]) => sum + count, other)));
  return counts
    .slice(0, Math.max(0, pieceCount))
    .map(([piece, count]) => [piece, Math.fround(Math.log(count)) - logarithm]);
}
