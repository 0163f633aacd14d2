import type { JsonObject } from "../../base/index.js";
import { decodeSentencePieceModel } from "../../formats/sentencepiece.js";
import type { Pipeline } from "../pipeline.js";
import { plainPostProcessor } from "../post-processors/post-processor.js";
import type { SpecialRole } from "../tokenizer.js";
import { marianPipeline } from "./marian.js";
import { type SentencePiece, sentencePiece } from "./sentence-piece.js";
import { sentencePieceDecoder, sentencePieceModel } from "./sentence-piece-model.js";
import { tokenizerFamilies } from "./tokenizer-families.js";
import { familyTokenizerJson, llamaTokenizerJson } from "./tokenizer-json.js";

/** The names under which checkpoints keep their SentencePiece models. */
export const sentencePieceFiles = [
  "spiece.model",
  "sentencepiece.bpe.model",
  "tokenizer.model",
  "spm.model",
  "source.spm",
  "target.spm",
] as const;

/** What was found: a pipeline, or the tokenizer.json that describes one. */
export type SentencePieceTokenizer =
  | { readonly pipeline: Pipeline; readonly special: Partial<Record<SpecialRole, string>> }
  | { readonly json: JsonObject; readonly special: Partial<Record<SpecialRole, string>> };

/**
 * The tokenizer of a directory with SentencePiece models and no tokenizer.json: as the class in
 * tokenizer_config.json has it, or where that names none of these classes as the model itself has it.
 * Undefined where there is no such model.
 */
export function readSentencePieceTokenizer(
  files: ReadonlyMap<string, string>,
  models: ReadonlyMap<string, Uint8Array>,
  config: JsonObject,
  place: string,
): SentencePieceTokenizer | undefined {
  const [source, target] = [models.get("source.spm"), models.get("target.spm")];
  const vocabulary = files.get("vocab.json");
  if (source !== undefined && target !== undefined && vocabulary !== undefined) {
    const special = { pad: "<pad>", unknown: "<unk>" };
    return { pipeline: marianPipeline(source, target, vocabulary, place), special };
  }
  const name = sentencePieceFiles.find((one) => models.has(one)) ?? [...models.keys()][0];
  if (name === undefined) return undefined;
  const bytes = models.get(name)!;
  const path = `${place}/${name}`;
  const className = String(config["tokenizer_class"] ?? "").replace(/Fast$/, "");
  if (Object.hasOwn(tokenizerFamilies, className)) {
    const family = tokenizerFamilies[className]!;
    const model = decodeSentencePieceModel(bytes, path);
    return { json: familyTokenizerJson(model, family, config, path), special: family.special };
  }
  if (className === "LlamaTokenizer") {
    const json = llamaTokenizerJson(decodeSentencePieceModel(bytes, path), config);
    return { json, special: { unknown: "<unk>" } };
  }
  return { pipeline: sentencePiecePipeline(sentencePiece(bytes, path)), special: {} };
}

/** A SentencePiece model as a pipeline: the same ids, pieces and spans as the model gives by itself. */
export function sentencePiecePipeline(pieces: SentencePiece): Pipeline {
  return {
    addedTokens: [],
    normalizer: pieces.normalizer,
    preTokenizer: undefined,
    model: sentencePieceModel(pieces),
    postProcessor: plainPostProcessor,
    decoder: sentencePieceDecoder(pieces),
  };
}
