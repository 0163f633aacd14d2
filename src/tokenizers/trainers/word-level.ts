import { wordLevel } from "../models/word-level.js";
import { whitespace } from "../pre-tokenizers/whitespace.js";
import { compareCodePoints } from "./code-point-order.js";
import { nfkcSpelling } from "./nfkc-spelling.js";
import { bertSpecialTokens, type Trainer } from "./trainer.js";
import type { WordCounts } from "./word-counts.js";

/** What a vocabulary of words is learnt by. */
export interface TrainWordLevelOptions {
  /** Words of the vocabulary, special ones included. Default 30000. */
  vocabularySize?: number;
  /** Words that occur less often are left out. Default 0. */
  minFrequency?: number;
  /** They come first, in this order. Default `[UNK]`. */
  specialTokens?: readonly string[];
}

/** The most frequent words, special tokens first; equally frequent ones in the order of their characters. */
export function trainWordLevel(words: WordCounts, options: TrainWordLevelOptions = {}): string[] {
  const { vocabularySize = 30_000, minFrequency = 0, specialTokens = ["[UNK]"] } = options;
  const special = new Set(specialTokens);
  const room = Math.max(0, vocabularySize - special.size);
  let kept: CountedToken[] = [];
  let least = Math.max(1, minFrequency); // nothing rarer can be among the best
  words.forEach((token, count) => {
    if (count < least || special.has(token)) return;
    kept.push({ token, count });
    if (kept.length < 2 * room + 1024) return;
    kept = kept.sort(byFrequency).slice(0, room);
    least = Math.max(least, kept.at(-1)?.count ?? least);
  });
  const chosen = kept.sort(byFrequency).slice(0, room);
  return [...special, ...chosen.map(({ token }) => token)];
}

/** A token and how often it occurs. */
export interface CountedToken {
  readonly token: string;
  readonly count: number;
}

/** The order of frequency; equally frequent tokens stand in the order of their code points. */
export function byFrequency(a: CountedToken, b: CountedToken): number {
  return b.count - a.count || compareCodePoints(a.token, b.token);
}

/** Whole words, and runs of punctuation. Decoded, they stand with a space between them. */
export const wordLevelTrainer: Trainer = {
  takes: ["lowercase", "minFrequency", "stripAccents"],
  specialTokens: bertSpecialTokens,
  steps: (options) => ({
    normalizer: nfkcSpelling(options),
    preTokenizer: whitespace(),
    decoder: undefined,
  }),
  train: (words, options) => wordLevel(trainWordLevel(words, options), {}, "vocabulary"),
};
