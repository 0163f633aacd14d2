import { OptionError } from "../base/index.js";
import { wordPieceDecoder } from "./decoders/word-piece.js";
import { type WordPieceOptions, wordPiece } from "./models/word-piece.js";
import { type BertNormalizerOptions, bertNormalizer } from "./normalizers/bert.js";
import { PipelineTokenizer } from "./pipeline-tokenizer.js";
import { bertProcessing } from "./post-processors/bert.js";
import { bertPreTokenizer } from "./pre-tokenizers/bert.js";
import { usualNames } from "./special-names.js";
import type { SpecialRole, Tokenizer } from "./tokenizer.js";

/** What a BERT tokenizer is made of beside its vocabulary. */
export interface WordPieceTokenizerOptions
  extends BertNormalizerOptions,
    Omit<WordPieceOptions, "unknownToken"> {
  /** The names of the special tokens. Default `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]`, `[MASK]`. */
  special?: Partial<Record<SpecialRole, string>>;
  /** The most tokens the model is made for. */
  modelMaxLength?: number;
}

/**
 * The tokenizer of BERT over a vocabulary, whose special tokens must be in it (the pad and mask tokens may be
 * left out of the vocabulary if they are not named).
 */
export function wordPieceTokenizer(
  vocabulary: readonly string[],
  options: WordPieceTokenizerOptions = {},
): Tokenizer {
  const known = new Map(vocabulary.map((token, id) => [token, id]));
  if (known.size !== vocabulary.length) {
    throw new OptionError(`vocabulary: expected ${vocabulary.length} different tokens, got ${known.size}`);
  }
  const names: Record<SpecialRole, string> = { ...usualNames, ...options.special };
  const placed = (role: SpecialRole) => {
    const id = known.get(names[role]);
    if (id !== undefined) return { token: names[role], id };
    throw new OptionError(`vocabulary: expected the ${role} token ${JSON.stringify(names[role])}, got none`, {
      hint: "Add it to the vocabulary, or name the token that has its role in `special`.",
    });
  };
  const { id: _, token: unknownToken } = placed("unknown");
  const named = Object.entries(names).filter(
    ([role, token]) => known.has(token) || options.special?.[role as SpecialRole],
  );
  const pipeline = {
    addedTokens: [],
    normalizer: bertNormalizer(options),
    preTokenizer: bertPreTokenizer(),
    model: wordPiece(vocabulary, { ...options, unknownToken }, "vocabulary"),
    postProcessor: bertProcessing(placed("classification"), placed("separator")),
    decoder: wordPieceDecoder(options),
  };
  return new PipelineTokenizer(pipeline, {
    specialNames: Object.fromEntries(named),
    modelMaxLength: options.modelMaxLength,
    config: {},
  });
}
