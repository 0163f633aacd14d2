import { FileError, type JsonObject, parseJsonObject } from "../base/index.js";
import { withConfig } from "./bert-tokenizer-config.js";
import { bertPipeline } from "./bert-tokenizer-files.js";
import { readByteLevelTokenizer } from "./byte-level-tokenizer-files.js";
import { chatTemplateFile, readChatTemplates } from "./chat-template.js";
import { classDefaults } from "./class-defaults.js";
import { readDecoder } from "./decoders/index.js";
import { isBertJapanese, readBertJapaneseConfig } from "./japanese/bert-japanese-config.js";
import { bertJapanesePieces, japanesePiecesFile } from "./japanese/bert-japanese-pieces.js";
import type { JapaneseDictionary } from "./japanese/dictionary.js";
import {
  type ChosenDictionary,
  chooseDictionary,
  dictionaryRecordFile,
} from "./japanese/dictionary-record.js";
import { readModel } from "./models/index.js";
import { readNormalizer } from "./normalizers/index.js";
import type { FoundTokenizer, Pipeline } from "./pipeline.js";
import { PipelineTokenizer } from "./pipeline-tokenizer.js";
import { readPostProcessor } from "./post-processors/index.js";
import { plainPostProcessor } from "./post-processors/post-processor.js";
import { readPreTokenizer } from "./pre-tokenizers/index.js";
import { checkAddedTokens, readAddedFiles, readAddedTokens } from "./read-added-tokens.js";
import { withLanguages } from "./sentencepiece/language-forms.js";
import { readOwnModel, readSentencePieceTokenizer } from "./sentencepiece/read-sentence-piece-tokenizer.js";
import { readExtraSpecialNames, readSpecialNames, usualNames } from "./special-names.js";
import { countField, objectAt } from "./step-fields.js";
import type { Tokenizer, TokenizerFiles } from "./tokenizer.js";

/**
 * Read a tokenizer from its files by name: tokenizer.json, or a vocab.txt of BERT, vocab.json and merges.txt, or
 * SentencePiece models (`sentencePieceFiles` names them) as bytes; beside them tokenizer_config.json,
 * special_tokens_map.json and added_tokens.json. The truncation and padding that a tokenizer.json asks for are
 * left to the caller. `place`, the directory, begins every error. A BertJapaneseTokenizer with MeCab reads with
 * `japaneseDictionary`, which must then be loaded.
 *
 * ```ts
 * const tokenizer = readTokenizer(new Map([["vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nhello\n"]]),
 * "my-model"); tokenizer.encode("Hello").ids; // [2, 4, 3]
 * ```
 */
export function readTokenizer(
  given: TokenizerFiles,
  place: string,
  japaneseDictionary?: JapaneseDictionary,
): Tokenizer {
  const texts = new Map<string, string>();
  const models = new Map<string, Uint8Array>();
  for (const [name, content] of given) {
    if (typeof content === "string") texts.set(name, content);
    else models.set(name, content);
  }
  const config = readObject(texts, "tokenizer_config.json", place);
  const map = readObject(texts, "special_tokens_map.json", place);
  const japanese = isBertJapanese(config) ? chooseDictionary(texts, japaneseDictionary, place) : undefined;
  const { pipeline, target, special, ...found } =
    japanese !== undefined
      ? readJapanese(texts, models, config, map, place, japanese)
      : readForeign(texts, models, config, map, place);
  const configPlace = `${place}/tokenizer_config.json`;
  const chatTemplate = texts.get(chatTemplateFile);
  const settings = {
    specialNames: readSpecialNames(config, map, special, (token) => isKnown(pipeline, token), configPlace),
    modelMaxLength: readMaxLength(config, configPlace),
    ...found,
    config: { ...classDefaults(config), ...config, ...found.config },
    chatTemplates: readChatTemplates(chatTemplate, config, map, configPlace),
    sideFiles: new Map([
      ...(found.sideFiles ?? []),
      ...(chatTemplate === undefined ? [] : [[chatTemplateFile, chatTemplate] as const]),
    ]),
    ...(target === undefined ? {} : { targetHasOwnVocabulary: target.hasOwnVocabulary }),
  };
  const other =
    target && new PipelineTokenizer(target.pipeline, { ...settings, targetHasOwnVocabulary: false });
  const tokenizer = new PipelineTokenizer(pipeline, {
    ...settings,
    ...(other === undefined ? {} : { target: other }),
  });
  tokenizer.addTokens(readExtraSpecialNames(config, map, configPlace), { special: true });
  return tokenizer;
}

/** Python makes a Japanese tokenizer anew from the vocabulary, whatever a tokenizer.json says. */
function readJapanese(
  texts: ReadonlyMap<string, string>,
  models: ReadonlyMap<string, Uint8Array>,
  config: JsonObject,
  map: JsonObject,
  place: string,
  japanese: ChosenDictionary,
): FoundTokenizer {
  const { pieces } = readBertJapaneseConfig(config, `${place}/tokenizer_config.json`);
  const record = japanese.record === undefined ? [] : [[dictionaryRecordFile, japanese.record] as const];
  const shared = { className: "BertJapaneseTokenizer", special: usualNames };
  const bytes = models.get(japanesePiecesFile);
  if (pieces === "sentencepiece") {
    const added = readAddedFiles(texts, config, place);
    const pipeline = bertJapanesePieces(bytes, added, config, place, japanese);
    return {
      ...shared,
      pipeline,
      sideFiles: new Map<string, string | Uint8Array>([[japanesePiecesFile, bytes!], ...record]),
    };
  }
  const lines = texts.get("vocab.txt");
  if (lines === undefined) throw noFiles(texts, "vocab.txt", place);
  const pipeline = bertPipeline(lines, texts, config, map, place, japanese);
  return { ...shared, pipeline, sideFiles: new Map(record) };
}

function readForeign(
  texts: ReadonlyMap<string, string>,
  models: ReadonlyMap<string, Uint8Array>,
  config: JsonObject,
  map: JsonObject,
  place: string,
): FoundTokenizer {
  const configPlace = `${place}/tokenizer_config.json`;
  const added = readAddedFiles(texts, config, place);
  const own = readOwnModel(models, added, config, place);
  if (own !== undefined) return own;
  const tokenizerJson = texts.get("tokenizer.json");
  if (tokenizerJson !== undefined) {
    const path = `${place}/tokenizer.json`;
    const pipeline = pipelineOf(parseJsonObject(tokenizerJson, path), config, path);
    return {
      ...withLanguages(pipeline, config, configPlace),
      special: { ...usualNames, unknown: pipeline.model.unknownToken ?? usualNames.unknown },
    };
  }
  const pieces = readSentencePieceTokenizer(texts, models, added, config, place);
  if (pieces !== undefined) {
    if (!("json" in pieces)) return pieces;
    const { json, ...found } = pieces;
    return { ...found, ...withLanguages(pipelineOf(json, config, place), config, configPlace) };
  }
  const byteLevel = readByteLevelTokenizer(texts, added, config, map, place);
  if (byteLevel !== undefined) return byteLevel;
  const lines = texts.get("vocab.txt");
  if (lines === undefined) throw noFiles(texts, "tokenizer.json or vocab.txt", place);
  return { pipeline: bertPipeline(lines, texts, config, map, place, undefined), special: usualNames };
}

function noFiles(texts: ReadonlyMap<string, string>, expected: string, place: string): FileError {
  const found = [...texts.keys()].join(", ") || "no file";
  return new FileError(place, `expected ${expected}, got ${found}`, {
    hint: "Copy the tokenizer's files into the directory, or name another directory with --tokenizer.",
  });
}

function pipelineOf(json: JsonObject, config: JsonObject, place: string): Pipeline {
  const addedTokens = readAddedTokens(json["added_tokens"], place);
  const model = readModel(
    json["model"],
    `${place}, model`,
    new Map(addedTokens.map(({ id, content }) => [id, content])),
  );
  checkAddedTokens(addedTokens, model.vocabulary, model.tokenToId, `${place}, added_tokens`);
  const has = (key: string): boolean => json[key] !== undefined && json[key] !== null;
  const normalizer = has("normalizer")
    ? withConfig(objectAt(json["normalizer"], `${place}, normalizer`), config)
    : undefined;
  const pipeline = {
    addedTokens,
    normalizer: normalizer && readNormalizer(normalizer, `${place}, normalizer`),
    preTokenizer: has("pre_tokenizer")
      ? readPreTokenizer(json["pre_tokenizer"], `${place}, pre_tokenizer`)
      : undefined,
    model,
    postProcessor: has("post_processor")
      ? readPostProcessor(json["post_processor"], `${place}, post_processor`)
      : plainPostProcessor,
    decoder: has("decoder") ? readDecoder(json["decoder"], `${place}, decoder`) : undefined,
  };
  checkTemplate(pipeline, `${place}, post_processor`);
  return pipeline;
}

function checkTemplate(pipeline: Pipeline, place: string): void {
  const added = new Map(pipeline.addedTokens.map(({ content, id }) => [content, id]));
  for (const piece of [...pipeline.postProcessor.single, ...pipeline.postProcessor.pair]) {
    if (!("ids" in piece)) continue;
    piece.ids.forEach((id, i) => {
      const token = piece.tokens[i]!;
      const known = added.get(token) ?? pipeline.model.tokenToId(token);
      if (known === id) return;
      const expected = known === undefined ? "a token of the vocabulary" : `its id ${known}`;
      throw new FileError(place, `expected ${expected} for ${JSON.stringify(token)}, got ${id}`);
    });
  }
}

function isKnown(pipeline: Pipeline, token: string): boolean {
  const isAdded = pipeline.addedTokens.some((added) => added.content === token);
  return isAdded || pipeline.model.tokenToId(token) !== undefined;
}

/** Python writes 1e30 where no length is known. */
const knownLengthLimit = 1e9;

function readMaxLength(config: JsonObject, place: string): number | undefined {
  const value = config["model_max_length"] ?? null;
  if (value === null || (typeof value === "number" && value > knownLengthLimit)) return undefined;
  return countField(config, "model_max_length", place);
}

function readObject(files: ReadonlyMap<string, string>, name: string, place: string): JsonObject {
  const text = files.get(name);
  return text === undefined ? {} : parseJsonObject(text, `${place}/${name}`);
}
