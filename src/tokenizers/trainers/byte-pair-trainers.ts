import { byteAlphabet } from "../byte-alphabet.js";
import { bpeDecoder } from "../decoders/bpe.js";
import { byteLevelDecoder } from "../decoders/byte-level.js";
import { bpe } from "../models/bpe.js";
import { byteLevel } from "../pre-tokenizers/byte-level.js";
import { whitespace } from "../pre-tokenizers/whitespace.js";
import { usualNames } from "../special-names.js";
import { trainBpe } from "./bpe.js";
import { nfkcSpelling } from "./nfkc-spelling.js";
import { bertSpecialTokens, type Trainer } from "./trainer.js";

const endOfWordSuffix = "</w>";

/** Byte-pair encoding of characters, with marked ends of words. */
export const bpeTrainer: Trainer = {
  takes: [
    "alphabetLimit",
    "initialAlphabet",
    "lowercase",
    "memoryLimit",
    "minFrequency",
    "onProgress",
    "stripAccents",
  ],
  specialTokens: bertSpecialTokens,
  steps: (options) => ({
    normalizer: nfkcSpelling(options),
    preTokenizer: whitespace(),
    decoder: bpeDecoder(endOfWordSuffix),
  }),
  train(words, options) {
    const { vocabulary, merges } = trainBpe(words, { ...options, endOfWordSuffix });
    return bpe(vocabulary, merges, { unknownToken: usualNames.unknown, endOfWordSuffix }, "vocabulary");
  },
};

/** Byte-pair encoding of bytes, as GPT-2 has it: there is nothing that it cannot spell. */
export const byteLevelBpeTrainer: Trainer = {
  takes: ["memoryLimit", "minFrequency", "onProgress"],
  specialTokens: ["<|endoftext|>"],
  steps: () => ({
    normalizer: undefined,
    preTokenizer: byteLevel({ addPrefixSpace: false }),
    decoder: byteLevelDecoder(),
  }),
  train(words, options) {
    const { vocabulary, merges } = trainBpe(words, { ...options, initialAlphabet: byteAlphabet() });
    return bpe(vocabulary, merges, {}, "vocabulary");
  },
};
