import { FileError, type JsonObject } from "../base/index.js";
import type { Model } from "./models/model.js";
import { bertNormalizer } from "./normalizers/bert.js";
import type { Normalizer } from "./normalizers/normalizer.js";
import { booleanField } from "./step-fields.js";

/**
 * Classes of Python's transformers whose tokenizers are BERT's, made anew from the vocabulary and these
 * settings.
 */
const bertClasses =
  /^(Bert|DistilBert|Electra|MobileBert|SqueezeBert|ConvBert|LayoutLM|Lxmert|DPR\w+)Tokenizer(Fast)?$/;

/** Whether a tokenizer_config.json names one of BERT's tokenizers. */
export function isBertClass(config: JsonObject): boolean {
  const name = config["tokenizer_class"];
  return typeof name === "string" && bertClasses.test(name);
}

/**
 * Refuse the vocabulary of another kind of tokenizer: read as BERT's it would give ids, but wrong ones.
 * A configuration that names no class is taken for BERT's.
 */
export function checkBertConfig(config: JsonObject, place: string): void {
  const name = config["tokenizer_class"] ?? null;
  if (name !== null && !isBertClass(config)) {
    throw new FileError(
      place,
      `the tokenizer class ${JSON.stringify(name)} is not supported yet with a vocab.txt`,
      {
        hint: "Give its tokenizer.json, which says how it works; from vocab.txt only BERT's tokenizer can be made.",
      },
    );
  }
  for (const [key, supported] of [
    ["do_basic_tokenize", true],
    ["do_word_tokenize", true],
    ["do_subword_tokenize", true],
    ["word_tokenizer_type", "basic"],
    ["subword_tokenizer_type", "wordpiece"],
  ] as const) {
    const value = config[key] ?? supported;
    if (value !== supported) {
      throw new FileError(place, `"${key}": ${JSON.stringify(value)} is not supported yet`, {
        hint: `Supported: ${JSON.stringify(supported)}.`,
      });
    }
  }
}

/** The normaliser that a tokenizer_config.json of BERT describes. */
export function bertNormalizerOf(config: JsonObject, place: string): Normalizer {
  const stripAccents = config["strip_accents"] ?? null;
  return bertNormalizer({
    lowercase: booleanField(config, "do_lower_case", place, true),
    stripAccents: stripAccents === null ? null : booleanField(config, "strip_accents", place),
    separateIdeographs: booleanField(config, "tokenize_chinese_chars", place, true),
  });
}

/** The keys of tokenizer_config.json, and what they are called in the normaliser's JSON. */
const configKeys = [
  ["do_lower_case", "lowercase"],
  ["strip_accents", "strip_accents"],
  ["tokenize_chinese_chars", "handle_chinese_chars"],
] as const;

/**
 * The JSON of a normaliser with what the configuration says otherwise: Python's transformers follows
 * tokenizer_config.json where tokenizer.json disagrees with it, and so the checkpoints were trained.
 */
export function withConfig(normalizer: JsonObject, config: JsonObject): JsonObject {
  if (normalizer["type"] !== "BertNormalizer" || !isBertClass(config)) return normalizer;
  const changed = { ...normalizer };
  for (const [configKey, key] of configKeys) {
    if (config[configKey] !== undefined) changed[key] = config[configKey];
  }
  return changed;
}

/**
 * The part of a tokenizer_config.json that describes a pipeline: Python makes a BERT tokenizer from it and
 * the vocabulary alone, so the class may be BERT's only where these say everything.
 */
export function describePipeline(
  model: Model,
  normalizer: JsonObject | null,
  preTokenizer: JsonObject | null,
  config: JsonObject,
): JsonObject {
  const modelJson = model.toJson();
  const isBert =
    modelJson["type"] === "WordPiece" &&
    modelJson["continuing_subword_prefix"] === "##" &&
    modelJson["max_input_chars_per_word"] === 100 &&
    normalizer?.["type"] === "BertNormalizer" &&
    normalizer["clean_text"] === true &&
    preTokenizer?.["type"] === "BertPreTokenizer";
  if (!isBert) return { tokenizer_class: "PreTrainedTokenizerFast" };
  const settings = configKeys.map(([configKey, key]) => [configKey, normalizer[key]]);
  return {
    tokenizer_class: isBertClass(config) ? config["tokenizer_class"]! : "BertTokenizer",
    ...Object.fromEntries(settings),
  };
}
