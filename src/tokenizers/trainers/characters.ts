import { fuseDecoder } from "../decoders/fuse.js";
import { bpe } from "../models/bpe.js";
import { bertPreTokenizer } from "../pre-tokenizers/bert.js";
import { usualNames } from "../special-names.js";
import { nfkcSpelling } from "./nfkc-spelling.js";
import { bertSpecialTokens, type Trainer } from "./trainer.js";
import type { WordCounts } from "./word-counts.js";
import { byFrequency } from "./word-level.js";
import { type AlphabetOptions, chooseAlphabet, countCharacters } from "./word-piece-words.js";

/** What a vocabulary of characters is learnt by. */
export interface TrainCharactersOptions extends AlphabetOptions {
  /** The most tokens, special ones included. Default: every character has room. */
  vocabularySize?: number;
  /** Characters that occur less often are left out. Default 0. */
  minFrequency?: number;
  /** They come first, in this order. Default `[UNK]`. */
  specialTokens?: readonly string[];
}

/** The characters of the words, the most frequent ones first, special tokens before them. */
export function trainCharacters(words: WordCounts, options: TrainCharactersOptions = {}): string[] {
  const { vocabularySize = Number.POSITIVE_INFINITY, minFrequency = 0, specialTokens = ["[UNK]"] } = options;
  const special = new Set(specialTokens);
  const { counts } = countCharacters(words);
  const wanted = new Set(options.initialAlphabet?.flatMap((text) => [...text]));
  const tokens = chooseAlphabet(counts, options)
    .map((codePoint) => ({ token: String.fromCodePoint(codePoint), count: counts[codePoint] ?? 0 }))
    .filter(({ token, count }) => !special.has(token) && (count >= minFrequency || wanted.has(token)))
    .sort((a, b) => Number(wanted.has(b.token)) - Number(wanted.has(a.token)) || byFrequency(a, b))
    .slice(0, Math.max(0, vocabularySize - special.size))
    .sort(byFrequency);
  return [...special, ...tokens.map(({ token }) => token)];
}

/** Every character is a token, those that the vocabulary has not are unknown one by one; spaces are dropped. */
export const charactersTrainer: Trainer = {
  takes: ["alphabetLimit", "initialAlphabet", "lowercase", "minFrequency", "stripAccents"],
  specialTokens: bertSpecialTokens,
  steps: (options) => ({
    normalizer: nfkcSpelling(options),
    preTokenizer: bertPreTokenizer(),
    decoder: fuseDecoder(),
  }),
  // byte-pair encoding that merges nothing
  train: (words, options) =>
    bpe(trainCharacters(words, options), [], { unknownToken: usualNames.unknown }, "vocabulary"),
};
