import { encodeSentencePieceModel } from "../../formats/sentencepiece.js";
import type { AddedToken } from "../added-tokens.js";
import { PipelineTokenizer } from "../pipeline-tokenizer.js";
import type { Tokenizer } from "../tokenizer.js";
import { plainTokenizer } from "./read-sentence-piece-tokenizer.js";
import { type TrainSentencePieceOptions, trainSentencePiece } from "./train-sentence-piece.js";

/** How a tokenizer is learnt that is a SentencePiece model. */
export interface TrainSentencePieceTokenizerOptions
  extends Omit<TrainSentencePieceOptions, "ids" | "controlSymbols"> {
  /** Special tokens beside `<unk>`, `<s>`, `</s>`, `<pad>` and `<mask>`, which have the ids 0 to 4. */
  specialTokens?: readonly string[];
  /** The most tokens of a text that the tokenizer's files are to name. Default: none. */
  modelMaxLength?: number;
}

const names = { unknown: "<unk>", pad: "<pad>", mask: "<mask>" };

/**
 * Learn a SentencePiece model from raw texts, as a tokenizer. No special tokens are put around its texts, as
 * SentencePiece itself puts none. Its files hold the .model.
 *
 * ```ts
 * const tokenizer = await trainSentencePieceTokenizer(["吾輩は猫である。"], { type: "bpe", vocabularySize: 20 });
 * ```
 */
export async function trainSentencePieceTokenizer(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainSentencePieceTokenizerOptions = {},
): Promise<Tokenizer> {
  const { specialTokens = [], modelMaxLength, ...learning } = options;
  const taken = new Set(["<unk>", "<s>", "</s>", "<pad>"]);
  const controlSymbols = [...new Set(["<mask>", ...specialTokens])].filter((token) => !taken.has(token));
  const ids = { unknown: 0, begin: 1, end: 2, pad: 3 };
  const model = await trainSentencePiece(texts, { ...learning, ids, controlSymbols });
  const plain = { singleWord: false, stripLeft: false, stripRight: false, normalized: false, special: true };
  const added: AddedToken[] = model.pieces.flatMap(({ piece, type }, id) =>
    type === "control" || type === "unknown" ? [{ content: piece, id, ...plain }] : [],
  );
  const found = plainTokenizer(encodeSentencePieceModel(model), "spiece.model", added, "the model");
  return new PipelineTokenizer(found.pipeline, {
    specialNames: names,
    modelMaxLength,
    config: found.config ?? {},
    sideFiles: found.sideFiles ?? new Map(),
  });
}
