import { FileError, type JsonObject } from "../../base/index.js";
import { decodeSentencePieceModel } from "../../formats/sentencepiece.js";
import type { AddedToken } from "../added-tokens.js";
import type { FoundTokenizer, Pipeline } from "../pipeline.js";
import { plainPostProcessor } from "../post-processors/post-processor.js";
import { checkAddedTokens } from "../read-added-tokens.js";
import { familyOf } from "./language-forms.js";
import { readMarian } from "./marian.js";
import { type SentencePiece, sentencePiece } from "./sentence-piece.js";
import { sentencePieceDecoder, sentencePieceModel } from "./sentence-piece-model.js";
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

/**
 * The key of tokenizer_config.json by which we find a model that is to be read as it is although there is a
 * tokenizer.json: that one is for Python, and only comes near to the model.
 */
const ownModelKey = "sentence_piece_model";

/** A tokenizer whose pipeline is described by the tokenizer.json that Python's converters make. */
export interface DescribedTokenizer extends Omit<FoundTokenizer, "pipeline"> {
  readonly json: JsonObject;
}

/** The tokenizer of a directory that says in tokenizer_config.json which SentencePiece model it is, as we write it. */
export function readOwnModel(
  models: ReadonlyMap<string, Uint8Array>,
  addedTokens: readonly AddedToken[],
  config: JsonObject,
  place: string,
): FoundTokenizer | undefined {
  const name = config[ownModelKey];
  if (name === undefined) return undefined;
  const bytes = models.get(String(name));
  if (bytes !== undefined) return plainTokenizer(bytes, String(name), addedTokens, place);
  throw new FileError(`${place}/${name}`, `expected the model that tokenizer_config.json names, got none`, {
    hint: `copy it into the directory, or leave "${ownModelKey}" out to read tokenizer.json`,
  });
}

/**
 * The tokenizer of a directory with SentencePiece models and no tokenizer.json: as the class in
 * tokenizer_config.json has it, or where that names none of these classes as the model itself has it.
 * Undefined where there is no such model.
 */
export function readSentencePieceTokenizer(
  files: ReadonlyMap<string, string>,
  models: ReadonlyMap<string, Uint8Array>,
  addedTokens: readonly AddedToken[],
  config: JsonObject,
  place: string,
): FoundTokenizer | DescribedTokenizer | undefined {
  const marian = readMarian(files, models, addedTokens, config, place);
  if (marian !== undefined) return marian;
  const name = sentencePieceFiles.find((one) => models.has(one)) ?? [...models.keys()][0];
  if (name === undefined) return undefined;
  const bytes = models.get(name)!;
  const path = `${place}/${name}`;
  const sideFiles = new Map([[fileName(name), bytes]]);
  const family = familyOf(config);
  if (family !== undefined) {
    const model = decodeSentencePieceModel(bytes, path);
    return { json: familyTokenizerJson(model, family, config, path), special: family.special, sideFiles };
  }
  if (/^LlamaTokenizer(Fast)?$/.test(String(config["tokenizer_class"]))) {
    const json = llamaTokenizerJson(decodeSentencePieceModel(bytes, path), config);
    return { json, special: { unknown: "<unk>" }, sideFiles };
  }
  return plainTokenizer(bytes, name, addedTokens, place);
}

/** A model as it is, in files by which it is read so again. */
export function plainTokenizer(
  bytes: Uint8Array,
  name: string,
  addedTokens: readonly AddedToken[],
  place: string,
): FoundTokenizer {
  const file = fileName(name);
  return {
    pipeline: sentencePiecePipeline(sentencePiece(bytes, `${place}/${name}`), addedTokens, place),
    special: {},
    config: { [ownModelKey]: file },
    sideFiles: new Map([[file, bytes]]),
  };
}

/** A file of any name is kept under one by which it is found again. */
function fileName(name: string): string {
  return (sentencePieceFiles as readonly string[]).includes(name) ? name : sentencePieceFiles[0];
}

/** A SentencePiece model as a pipeline: the same ids, pieces and spans as the model gives by itself. */
export function sentencePiecePipeline(
  pieces: SentencePiece,
  addedTokens: readonly AddedToken[],
  place: string,
): Pipeline {
  const model = sentencePieceModel(pieces);
  checkAddedTokens(addedTokens, model.vocabulary, model.tokenToId, place);
  return {
    addedTokens,
    normalizer: pieces.normalizer,
    preTokenizer: undefined,
    model,
    postProcessor: plainPostProcessor,
    decoder: sentencePieceDecoder(pieces, new Set(addedTokens.map(({ content }) => content))),
  };
}
