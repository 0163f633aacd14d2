import { metaspaceDecoder } from "../decoders/metaspace.js";
import { unigram } from "../models/unigram.js";
import { nmt } from "../normalizers/nmt.js";
import { replace } from "../normalizers/replace.js";
import { normalizerSequence } from "../normalizers/sequence.js";
import { metaspace } from "../pre-tokenizers/metaspace.js";
import { regexPattern } from "../text-pattern.js";
import { nfkcSpelling } from "./nfkc-spelling.js";
import type { Trainer } from "./trainer.js";
import { unigramPieces } from "./unigram-pieces.js";

const unknownToken = "<unk>";

/** A unigram model with SentencePiece's steps: spaces are part of the pieces, so that text comes back whole. */
export const unigramTrainer: Trainer = {
  takes: [
    "alphabetLimit",
    "characterCoverage",
    "initialAlphabet",
    "lowercase",
    "onProgress",
    "onSample",
    "sampleLimit",
    "stripAccents",
  ],
  specialTokens: [unknownToken, "<s>", "</s>", "<pad>", "<mask>"],
  roles: { pad: "<pad>", unknown: unknownToken, classification: "<s>", separator: "</s>", mask: "<mask>" },
  steps: (options) => ({
    normalizer: normalizerSequence([
      nmt(),
      nfkcSpelling(options),
      replace(regexPattern(" {2,}", "normalizer"), " "),
    ]),
    preTokenizer: metaspace(),
    decoder: metaspaceDecoder(),
  }),
  train(words, options) {
    const {
      vocabularySize = 8000,
      specialTokens,
      alphabetLimit,
      initialAlphabet,
      characterCoverage,
      sampleLimit,
    } = options;
    const special = new Set(specialTokens);
    const pieces = unigramPieces(words, {
      pieceCount: vocabularySize - specialTokens.length,
      ...(alphabetLimit === undefined ? {} : { characterLimit: alphabetLimit }),
      ...(initialAlphabet === undefined ? {} : { requiredCharacters: initialAlphabet }),
      ...(characterCoverage === undefined ? {} : { characterCoverage }),
      ...(sampleLimit === undefined ? {} : { sampleLimit }),
      ...(options.onSample === undefined ? {} : { onSample: options.onSample }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const all = [
      ...specialTokens.map((token) => [token, 0] as const),
      ...pieces.filter(([piece]) => !special.has(piece)),
    ];
    return unigram(all, { unknownId: specialTokens.indexOf(unknownToken) }, "vocabulary");
  },
};
