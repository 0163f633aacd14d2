import { FileError, type JsonObject, parseJsonObject } from "../../base/index.js";
import { booleanField, choiceField, listField, objectField, wrongField } from "../step-fields.js";
import type { TokenizerFiles } from "../tokenizer.js";

/** What a tokenizer_config.json of BertJapaneseTokenizer says, and what Python takes where it is silent. */
export interface BertJapaneseConfig {
  /** How words are found: by MeCab, by BERT's own rules, or not at all. */
  readonly words: "mecab" | "basic" | "none";
  readonly pieces: "wordpiece" | "character" | "sentencepiece";
  readonly lowercase: boolean;
  /** Write the text in the form NFKC before MeCab reads it. */
  readonly normalize: boolean;
  /** Words that keep their case. */
  readonly neverSplit: readonly string[];
}

/**
 * Whether a tokenizer_config.json is one of Python's BertJapaneseTokenizer. The first published ones do not
 * name the class, but say how words are found, as no other class does.
 */
export function isBertJapanese(config: JsonObject): boolean {
  const name = config["tokenizer_class"] ?? null;
  return name === null ? config["word_tokenizer_type"] !== undefined : name === "BertJapaneseTokenizer";
}

/** Whether a tokenizer with these files needs a Japanese dictionary. `place`, the directory, begins every error. */
export function needsJapaneseDictionary(files: TokenizerFiles, place: string): boolean {
  const text = files.get("tokenizer_config.json");
  const configPlace = `${place}/tokenizer_config.json`;
  const config = typeof text === "string" ? parseJsonObject(text, configPlace) : {};
  return isBertJapanese(config) && readBertJapaneseConfig(config, configPlace).words === "mecab";
}

const pieceTypes = ["wordpiece", "character", "sentencepiece"] as const;

/** Read the configuration; what needs other analysers or models is refused by name. */
export function readBertJapaneseConfig(config: JsonObject, place: string): BertJapaneseConfig {
  const given = withoutNulls(config);
  const words = choiceField(given, "word_tokenizer_type", ["mecab", "basic"], place, "basic");
  const pieces = choiceField(given, "subword_tokenizer_type", pieceTypes, place, "wordpiece");
  if (!booleanField(given, "do_subword_tokenize", place, true)) {
    throw new FileError(place, `"do_subword_tokenize": false is not supported`, {
      hint: "Words without pieces are all unknown; set it to true.",
    });
  }
  const hasWords = booleanField(given, "do_word_tokenize", place, true);
  const mecab =
    given["mecab_kwargs"] === undefined ? {} : withoutNulls(objectField(given, "mecab_kwargs", place));
  if (hasWords && words === "mecab") checkDictionary(mecab, place);
  return {
    words: hasWords ? words : "none",
    pieces,
    lowercase: booleanField(given, "do_lower_case", place, false),
    normalize: booleanField(mecab, "normalize_text", `${place}, mecab_kwargs`, true),
    neverSplit: given["never_split"] === undefined ? [] : readWords(given, place),
  };
}

function checkDictionary(mecab: JsonObject, place: string): void {
  const dictionary = mecab["mecab_dic"] ?? "unidic_lite";
  if (dictionary !== "ipadic") {
    throw new FileError(
      place,
      `the dictionary ${JSON.stringify(dictionary)} is not supported, only "ipadic"`,
      {
        hint:
          'Without "mecab_kwargs": {"mecab_dic": ...} Python takes unidic_lite. If the model was made with ' +
          'IPADIC, say so: "mecab_kwargs": {"mecab_dic": "ipadic"}.',
      },
    );
  }
  const option = mecab["mecab_option"] ?? "";
  if (option !== "") throw wrongField(`${place}, mecab_kwargs`, "mecab_option", "empty", option);
}

function readWords(config: JsonObject, place: string): string[] {
  return listField(config, "never_split", place).map((word) => {
    if (typeof word !== "string") throw wrongField(place, "never_split", "a list of words", word);
    return word;
  });
}

/** Python writes null where nothing was said. */
function withoutNulls(json: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}
