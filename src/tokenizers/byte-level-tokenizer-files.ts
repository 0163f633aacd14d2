import { FileError, type JsonObject, parseJsonObject } from "../base/index.js";
import type { AddedToken } from "./added-tokens.js";
import { byteLevelDecoder } from "./decoders/byte-level.js";
import { bpe } from "./models/bpe.js";
import { readMergeLines } from "./models/bpe-merges.js";
import type { Model } from "./models/model.js";
import { readVocabulary } from "./models/vocabulary.js";
import type { Pipeline } from "./pipeline.js";
import { type PostProcessor, plainPostProcessor } from "./post-processors/post-processor.js";
import { robertaProcessing } from "./post-processors/roberta.js";
import { byteLevel } from "./pre-tokenizers/byte-level.js";
import { checkAddedTokens } from "./read-added-tokens.js";
import { readSpecialNames } from "./special-names.js";
import { booleanField } from "./step-fields.js";
import type { SpecialRole } from "./tokenizer.js";

/** Classes of Python's transformers whose tokenizers are RoBERTa's. */
const robertaClasses = /^(Roberta|Bart|Longformer|LED|MVP)Tokenizer(Fast)?$/;
/** Those whose tokenizers are GPT-2's. */
const gpt2Classes = /^GPT2Tokenizer(Fast)?$/;

const noNames: Readonly<Record<SpecialRole, string>> = {
  pad: "",
  unknown: "",
  classification: "",
  separator: "",
  mask: "",
};

/** What the special tokens are called where the files do not say. */
const robertaNames: Readonly<Record<SpecialRole, string>> = {
  pad: "<pad>",
  unknown: "<unk>",
  classification: "<s>",
  separator: "</s>",
  mask: "<mask>",
};
const gpt2Names: Readonly<Record<SpecialRole, string>> = { ...noNames, unknown: "<|endoftext|>" };

/**
 * The byte-level tokenizer of a directory with vocab.json and merges.txt, as Python's transformers makes it
 * for GPT-2 or RoBERTa. The class in tokenizer_config.json says which, or where there is none the special
 * tokens of the vocabulary. Undefined where the files are not there.
 */
export function readByteLevelTokenizer(
  files: ReadonlyMap<string, string>,
  addedTokens: readonly AddedToken[],
  config: JsonObject,
  map: JsonObject,
  place: string,
): { readonly pipeline: Pipeline; readonly special: Readonly<Record<SpecialRole, string>> } | undefined {
  const vocabularyText = files.get("vocab.json");
  const mergesText = files.get("merges.txt");
  if (vocabularyText === undefined || mergesText === undefined) return undefined;
  const vocabularyPlace = `${place}/vocab.json`;
  const configPlace = `${place}/tokenizer_config.json`;
  const filled = new Map(addedTokens.map(({ id, content }) => [id, content]));
  const vocabulary = readVocabulary(
    parseJsonObject(vocabularyText, vocabularyPlace),
    vocabularyPlace,
    filled,
  );
  const merges = readMergeLines(mergesText, `${place}/merges.txt`);
  const model = bpe(vocabulary, merges, { continuingPrefix: "", endOfWordSuffix: "" }, `${place}/merges.txt`);
  checkAddedTokens(addedTokens, vocabulary, model.tokenToId, `${place}/added_tokens.json`);
  const isRoberta = isRobertas(config, model, configPlace);
  const special = isRoberta ? robertaNames : gpt2Names;
  const names = readSpecialNames(config, map, special, (t) => model.tokenToId(t) !== undefined, configPlace);
  const addPrefixSpace = booleanField(config, "add_prefix_space", configPlace, false);
  const mask = isRoberta && names.mask !== undefined ? maskToken(names.mask, model) : [];
  const known = new Set(addedTokens.map(({ content }) => content));
  return {
    special,
    pipeline: {
      addedTokens: [...addedTokens, ...mask.filter(({ content }) => !known.has(content))],
      normalizer: undefined,
      preTokenizer: byteLevel({ addPrefixSpace }),
      model,
      postProcessor: isRoberta
        ? robertaForm(names, model, addPrefixSpace, config, place)
        : plainPostProcessor,
      decoder: byteLevelDecoder(),
    },
  };
}

function isRobertas(config: JsonObject, model: Model, place: string): boolean {
  const name = config["tokenizer_class"] ?? null;
  if (name === null) return ["<s>", "</s>", "<mask>"].every((token) => model.tokenToId(token) !== undefined);
  if (typeof name === "string" && robertaClasses.test(name)) return true;
  if (typeof name !== "string" || !gpt2Classes.test(name)) {
    throw new FileError(
      place,
      `the tokenizer class ${JSON.stringify(name)} is not supported with a merges.txt`,
      {
        hint: "Give its tokenizer.json, which says how it works; from merges.txt only GPT-2's and RoBERTa's tokenizers can be made.",
      },
    );
  }
  if (booleanField(config, "add_bos_token", place, false)) {
    throw new FileError(place, '"add_bos_token": true is not supported with a merges.txt', {
      hint: "Give its tokenizer.json, which says where the token goes.",
    });
  }
  return false;
}

/** RoBERTa's mask stands for a word, and takes the space before it. */
function maskToken(content: string, model: Model): AddedToken[] {
  const id = model.tokenToId(content);
  if (id === undefined) return [];
  const where = { singleWord: false, stripLeft: true, stripRight: false };
  return [{ content, id, special: true, normalized: false, ...where }];
}

function robertaForm(
  names: Readonly<Partial<Record<SpecialRole, string>>>,
  model: Model,
  addPrefixSpace: boolean,
  config: JsonObject,
  place: string,
): PostProcessor {
  const placed = (role: "classification" | "separator") => {
    const token = names[role] ?? robertaNames[role];
    const id = model.tokenToId(token);
    if (id !== undefined) return { token, id };
    throw new FileError(
      `${place}/vocab.json`,
      `expected the ${role} token ${JSON.stringify(token)}, got none`,
      { hint: "Name the vocabulary's own special tokens in tokenizer_config.json (cls_token, sep_token)." },
    );
  };
  const trimOffsets = booleanField(config, "trim_offsets", `${place}/tokenizer_config.json`, true);
  return robertaProcessing(placed("classification"), placed("separator"), { addPrefixSpace, trimOffsets });
}
