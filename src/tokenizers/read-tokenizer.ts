import { FileError, type JsonObject, parseJsonObject } from "../base/index.js";
import type { AddedToken } from "./added-tokens.js";
import { bertNormalizerOf, checkBertConfig, withConfig } from "./bert-tokenizer-config.js";
import { readByteLevelTokenizer } from "./byte-level-tokenizer-files.js";
import { readDecoder } from "./decoders/index.js";
import { wordPieceDecoder } from "./decoders/word-piece.js";
import { isBertJapanese } from "./japanese/bert-japanese-config.js";
import { bertJapaneseSteps } from "./japanese/bert-japanese-steps.js";
import { BertJapaneseTokenizer } from "./japanese/bert-japanese-tokenizer.js";
import type { JapaneseDictionary } from "./japanese/dictionary.js";
import { type ChosenDictionary, chooseDictionary } from "./japanese/dictionary-record.js";
import { readModel } from "./models/index.js";
import { wordPiece } from "./models/word-piece.js";
import { readNormalizer } from "./normalizers/index.js";
import type { Pipeline } from "./pipeline.js";
import { PipelineTokenizer } from "./pipeline-tokenizer.js";
import { bertProcessing } from "./post-processors/bert.js";
import { readPostProcessor } from "./post-processors/index.js";
import { plainPostProcessor } from "./post-processors/post-processor.js";
import { bertPreTokenizer } from "./pre-tokenizers/bert.js";
import { readPreTokenizer } from "./pre-tokenizers/index.js";
import { checkAddedTokens, readAddedToken, readAddedTokens } from "./read-added-tokens.js";
import { readSentencePieceTokenizer } from "./sentencepiece/read-sentence-piece-tokenizer.js";
import { readExtraSpecialNames, readSpecialNames, usualNames } from "./special-names.js";
import { countField, isCount, objectAt, wrongField } from "./step-fields.js";
import type { SpecialRole, Tokenizer } from "./tokenizer.js";
import { readVocabularyLines } from "./vocabulary-lines.js";

/**
 * Read a tokenizer from its files, given as text by name: tokenizer.json, or a vocab.txt of BERT; beside them
 * tokenizer_config.json, special_tokens_map.json and added_tokens.json. The truncation and padding that a
 * tokenizer.json asks for are left to the caller. `place`, the directory, begins every error. `models` are the
 * SentencePiece models of a directory (`sentencePieceFiles` names them), read where there is no tokenizer.json.
 * A BertJapaneseTokenizer with MeCab reads with `japaneseDictionary`, which must then be loaded.
 *
 * ```ts
 * const tokenizer = readTokenizer(new Map([["vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nhello\n"]]),
 * "my-model"); tokenizer.encode("Hello").ids; // [2, 4, 3]
 * ```
 */
export function readTokenizer(
  files: ReadonlyMap<string, string>,
  place: string,
  models: ReadonlyMap<string, Uint8Array> = new Map(),
  japaneseDictionary?: JapaneseDictionary,
): Tokenizer {
  const config = readObject(files, "tokenizer_config.json", place);
  const map = readObject(files, "special_tokens_map.json", place);
  const japanese = isBertJapanese(config) ? chooseDictionary(files, japaneseDictionary, place) : undefined;
  const found =
    files.has("tokenizer.json") || japanese !== undefined
      ? undefined
      : (readSentencePieceTokenizer(files, models, config, place) ??
        readByteLevelTokenizer(files, readAddedFiles(files, config, place), config, map, place));
  const pipeline =
    found === undefined
      ? readPipeline(files, config, map, place, japanese)
      : "json" in found
        ? pipelineOf(found.json, config, place)
        : found.pipeline;
  const configPlace = `${place}/tokenizer_config.json`;
  const usual: Record<SpecialRole, string> =
    found === undefined
      ? { ...usualNames, unknown: pipeline.model.unknownToken ?? usualNames.unknown }
      : { ...noNames, ...found.special };
  const settings = {
    specialNames: readSpecialNames(config, map, usual, (token) => isKnown(pipeline, token), configPlace),
    modelMaxLength: readMaxLength(config, configPlace),
    config,
  };
  const tokenizer =
    japanese === undefined
      ? new PipelineTokenizer(pipeline, settings)
      : new BertJapaneseTokenizer(pipeline, settings, japanese.record);
  tokenizer.addTokens(readExtraSpecialNames(config, map, configPlace), { special: true });
  return tokenizer;
}

function readPipeline(
  files: ReadonlyMap<string, string>,
  config: JsonObject,
  map: JsonObject,
  place: string,
  japanese: ChosenDictionary | undefined,
): Pipeline {
  // Python makes a Japanese tokenizer anew from the vocabulary, whatever a tokenizer.json says.
  const tokenizerJson = japanese === undefined ? files.get("tokenizer.json") : undefined;
  if (tokenizerJson !== undefined) return readTokenizerJson(tokenizerJson, config, `${place}/tokenizer.json`);
  const lines = files.get("vocab.txt");
  if (lines !== undefined) return bertPipeline(lines, files, config, map, place, japanese);
  const found = [...files.keys()].join(", ") || "no file";
  throw new FileError(place, `expected tokenizer.json or vocab.txt, got ${found}`, {
    hint: "Copy the tokenizer's files into the directory, or name another directory with --tokenizer.",
  });
}

/** No token has the empty name. */
const noNames = { pad: "", unknown: "", classification: "", separator: "", mask: "" };

function readTokenizerJson(text: string, config: JsonObject, place: string): Pipeline {
  return pipelineOf(parseJsonObject(text, place), config, place);
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

/** The pipeline of BERT over a vocab.txt, as Python's transformers makes it. */
function bertPipeline(
  lines: string,
  files: ReadonlyMap<string, string>,
  config: JsonObject,
  map: JsonObject,
  place: string,
  japanese: ChosenDictionary | undefined,
): Pipeline {
  const configPlace = `${place}/tokenizer_config.json`;
  const vocabularyPlace = `${place}/vocab.txt`;
  if (japanese === undefined) checkBertConfig(config, configPlace);
  const vocabulary = readVocabularyLines(lines, vocabularyPlace);
  const known = new Set(vocabulary);
  const names = readSpecialNames(config, map, usualNames, (token) => known.has(token), configPlace);
  const unknownToken = names.unknown ?? "[UNK]";
  const steps =
    japanese === undefined
      ? {
          normalizer: bertNormalizerOf(config, configPlace),
          preTokenizer: bertPreTokenizer(),
          model: wordPiece(vocabulary, { unknownToken }, vocabularyPlace),
          decoder: wordPieceDecoder(),
        }
      : bertJapaneseSteps(vocabulary, unknownToken, config, japanese.analyzer, {
          config: configPlace,
          vocabulary: vocabularyPlace,
        });
  const { model } = steps;
  const placed = (token: string | undefined, usual: string) => {
    const id = model.tokenToId(token ?? usual);
    if (id !== undefined) return { token: token ?? usual, id };
    throw new FileError(
      vocabularyPlace,
      `expected the special token ${JSON.stringify(token ?? usual)}, got none`,
      {
        hint: "Name the vocabulary's own special tokens in tokenizer_config.json (cls_token, sep_token).",
      },
    );
  };
  const addedTokens = [
    ...readAddedFiles(files, config, place),
    // MeCab splits them; it only keeps their case.
    ...(japanese?.analyzer === undefined ? readNeverSplit(config, known, model.tokenToId, configPlace) : []),
  ];
  checkAddedTokens(addedTokens, vocabulary, model.tokenToId, place);
  return {
    ...steps,
    addedTokens,
    postProcessor: bertProcessing(placed(names.classification, "[CLS]"), placed(names.separator, "[SEP]")),
  };
}

/** Added tokens from where a tokenizer without tokenizer.json keeps them. */
function readAddedFiles(files: ReadonlyMap<string, string>, config: JsonObject, place: string): AddedToken[] {
  const tokens = new Map<number, AddedToken>();
  for (const [content, id] of Object.entries(readObject(files, "added_tokens.json", place))) {
    const where = `${place}/added_tokens.json`;
    if (!isCount(id)) throw wrongField(where, content, "an id", id);
    tokens.set(id, readAddedToken({ content }, id, where));
  }
  const key = "added_tokens_decoder";
  const where = `${place}/tokenizer_config.json, ${key}`;
  for (const [digits, value] of Object.entries(
    config[key] === undefined ? {} : objectAt(config[key], where),
  )) {
    const id = Number(digits);
    if (!isCount(id)) throw new FileError(where, `expected ids as keys, got ${JSON.stringify(digits)}`);
    tokens.set(id, readAddedToken(objectAt(value, where), id, `${where}, ${digits}`));
  }
  return [...tokens.values()].sort((a, b) => a.id - b.id);
}

/**
 * Words that BERT's own tokenizer leaves whole: they are found as added tokens, so the vocabulary must have
 * them.
 */
function readNeverSplit(
  config: JsonObject,
  known: ReadonlySet<string>,
  tokenToId: (token: string) => number | undefined,
  place: string,
): AddedToken[] {
  const words = config["never_split"] ?? [];
  if (!Array.isArray(words)) throw wrongField(place, "never_split", "a list of tokens", words);
  return words.map((word) => {
    if (typeof word !== "string" || !known.has(word)) {
      throw wrongField(place, "never_split", "a list of tokens of the vocabulary", word);
    }
    return {
      ...readAddedToken({ content: word }, tokenToId(word)!, place),
      singleWord: true,
      normalized: false,
    };
  });
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
