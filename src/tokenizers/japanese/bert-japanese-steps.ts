import { FileError, type JsonObject } from "../../base/index.js";
import { cleanedUp, wordPieceDecoder } from "../decoders/word-piece.js";
import { character } from "../models/character.js";
import { wordPiece } from "../models/word-piece.js";
import { bertNormalizer } from "../normalizers/bert.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import { normalizerSequence } from "../normalizers/sequence.js";
import type { Pipeline } from "../pipeline.js";
import { bertPreTokenizer } from "../pre-tokenizers/bert.js";
import type { PreTokenizer } from "../pre-tokenizers/pre-tokenizer.js";
import { preTokenizerSequence } from "../pre-tokenizers/sequence.js";
import type { SentencePiece } from "../sentencepiece/sentence-piece.js";
import { sentencePieceDecoder } from "../sentencepiece/sentence-piece-model.js";
import { booleanField } from "../step-fields.js";
import type { JapaneseAnalyzer } from "./analyzer.js";
import { type BertJapaneseConfig, readBertJapaneseConfig } from "./bert-japanese-config.js";
import { composedForm } from "./composed-form.js";
import { japaneseWords } from "./japanese-words.js";
import { lowercaseWord } from "./lowercase-word.js";
import { sentencePieceWords } from "./sentence-piece-words.js";

/** What BertJapaneseTokenizer does otherwise than BERT's own tokenizer. */
export type JapaneseSteps = Pick<Pipeline, "normalizer" | "preTokenizer" | "model" | "decoder">;

/** The tokens: those of a vocab.txt, or the pieces of a SentencePiece model. */
export type JapaneseTokens =
  | { readonly vocabulary: readonly string[]; readonly unknownToken: string; readonly place: string }
  | { readonly pieces: SentencePiece };

/**
 * The steps of Python's BertJapaneseTokenizer
 * (https://github.com/huggingface/transformers, tokenization_bert_japanese.py). `analyzer` is needed where the
 * configuration says `mecab`.
 */
export function bertJapaneseSteps(
  tokens: JapaneseTokens,
  config: JsonObject,
  analyzer: JapaneseAnalyzer | undefined,
  place: string,
): JapaneseSteps {
  const settings = readBertJapaneseConfig(config, place);
  if (settings.words === "mecab" && analyzer === undefined) {
    throw new FileError(place, "expected a Japanese dictionary for this tokenizer, got none", {
      hint: "Load it first and give it: readTokenizer(files, place, japaneseDictionary).",
    });
  }
  const words = settings.words === "basic" ? basicWords(settings) : analyzedWords(settings, analyzer);
  const cleanUp = booleanField(config, "clean_up_tokenization_spaces", place, false);
  if ("pieces" in tokens) {
    const decoder = sentencePieceDecoder(tokens.pieces);
    return {
      ...words,
      model: sentencePieceWords(tokens.pieces),
      decoder: cleanUp
        ? { ...decoder, decode: (strings) => [cleanedUp(decoder.decode(strings).join(""))] }
        : decoder,
    };
  }
  const { vocabulary, unknownToken } = tokens;
  const model = settings.pieces === "wordpiece" ? wordPiece : character;
  return {
    ...words,
    model: model(vocabulary, { unknownToken }, tokens.place),
    decoder: wordPieceDecoder({ cleanUp }),
  };
}

interface WordSteps {
  readonly normalizer: Normalizer | undefined;
  readonly preTokenizer: PreTokenizer;
}

function analyzedWords(settings: BertJapaneseConfig, analyzer: JapaneseAnalyzer | undefined): WordSteps {
  const isAnalyzed = settings.words === "mecab";
  return {
    normalizer: isAnalyzed && settings.normalize ? composedForm("NFKC") : undefined,
    preTokenizer: japaneseWords({
      analyzer: isAnalyzed ? analyzer : undefined,
      lowercase: isAnalyzed && settings.lowercase,
      keepCase: new Set(settings.neverSplit),
      compose: settings.pieces === "character",
      splitSpace: settings.pieces === "wordpiece",
    }),
  };
}

/** BERT's own words, but with ideographs left together and letters composed. */
function basicWords(settings: BertJapaneseConfig): WordSteps {
  const nothing = { cleanText: false, separateIdeographs: false, stripAccents: false, lowercase: false };
  const clean = [bertNormalizer({ ...nothing, cleanText: true }), composedForm("NFC")];
  const plain = [
    { normalize: lowercaseWord, toJson: () => ({ type: "Lowercase" }) },
    bertNormalizer({ ...nothing, stripAccents: true }),
  ];
  return {
    normalizer: normalizerSequence(settings.lowercase ? [...clean, ...plain] : clean),
    preTokenizer: preTokenizerSequence([
      bertPreTokenizer(),
      japaneseWords({ compose: settings.pieces === "character" }),
    ]),
  };
}
