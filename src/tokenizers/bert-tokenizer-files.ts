import { FileError, type JsonObject } from "../base/index.js";
import type { AddedToken } from "./added-tokens.js";
import { bertNormalizerOf, checkBertConfig } from "./bert-tokenizer-config.js";
import { wordPieceDecoder } from "./decoders/word-piece.js";
import { bertJapaneseSteps } from "./japanese/bert-japanese-steps.js";
import type { ChosenDictionary } from "./japanese/dictionary-record.js";
import { wordPiece } from "./models/word-piece.js";
import type { Pipeline } from "./pipeline.js";
import { bertProcessing } from "./post-processors/bert.js";
import { bertPreTokenizer } from "./pre-tokenizers/bert.js";
import { checkAddedTokens, readAddedFiles, readAddedToken } from "./read-added-tokens.js";
import { readSpecialNames, usualNames } from "./special-names.js";
import { wrongField } from "./step-fields.js";
import { readVocabularyLines } from "./vocabulary-lines.js";

/**
 * The pipeline of BERT over a vocab.txt, as Python's transformers makes it; with `japanese`, that of
 * BertJapaneseTokenizer.
 */
export function bertPipeline(
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
      : bertJapaneseSteps(
          { vocabulary, unknownToken, place: vocabularyPlace },
          config,
          japanese.analyzer,
          configPlace,
        );
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
