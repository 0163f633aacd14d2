import { FileError, type JsonObject } from "../../base/index.js";
import type { AddedToken } from "../added-tokens.js";
import type { Pipeline } from "../pipeline.js";
import { bertProcessing } from "../post-processors/bert.js";
import { checkAddedTokens } from "../read-added-tokens.js";
import { sentencePiece } from "../sentencepiece/sentence-piece.js";
import { contentOf, roleKeys, usualNames } from "../special-names.js";
import type { SpecialRole } from "../tokenizer.js";
import { bertJapaneseSteps } from "./bert-japanese-steps.js";
import type { ChosenDictionary } from "./dictionary-record.js";

/** The file that holds the pieces of a BertJapaneseTokenizer. */
export const japanesePiecesFile = "spiece.model";

/** The pipeline of Python's BertJapaneseTokenizer over a SentencePiece model. */
export function bertJapanesePieces(
  bytes: Uint8Array | undefined,
  addedTokens: readonly AddedToken[],
  config: JsonObject,
  place: string,
  japanese: ChosenDictionary,
): Pipeline {
  const modelPlace = `${place}/${japanesePiecesFile}`;
  const configPlace = `${place}/tokenizer_config.json`;
  if (bytes === undefined) {
    throw new FileError(
      modelPlace,
      'expected the model for "subword_tokenizer_type": "sentencepiece", got none',
      {
        hint: `copy the tokenizer's ${japanesePiecesFile} into the directory`,
      },
    );
  }
  const pieces = sentencePiece(bytes, modelPlace);
  const steps = bertJapaneseSteps({ pieces }, config, japanese.analyzer, configPlace);
  const { vocabulary, tokenToId } = steps.model;
  checkAddedTokens(addedTokens, vocabulary, tokenToId, place);
  const ids = new Map(addedTokens.map(({ content, id }) => [content, id]));
  const all = [...addedTokens];
  let next = Math.max(vocabulary.length, ...all.map(({ id }) => id + 1));
  for (const content of specialNames(config, configPlace)) {
    if (ids.has(content)) continue;
    const id = tokenToId(content) ?? next++;
    const plain = { singleWord: false, stripLeft: false, stripRight: false, normalized: false };
    all.push({ content, id, special: true, ...plain });
    ids.set(content, id);
  }
  const placed = (role: SpecialRole) => {
    const token = nameOf(config, role, configPlace);
    return { token, id: ids.get(token)! };
  };
  return {
    ...steps,
    addedTokens: all,
    postProcessor: bertProcessing(placed("classification"), placed("separator")),
  };
}

/** The special tokens in the order in which Python adds to the vocabulary those that the model lacks. */
function specialNames(config: JsonObject, place: string): string[] {
  const further = ["bos_token", "eos_token"].flatMap((key) =>
    (config[key] ?? null) === null ? [] : [contentOf(config[key]!, key, place)],
  );
  const roles: SpecialRole[] = ["unknown", "separator", "pad", "classification", "mask"];
  return [...further, ...roles.map((role) => nameOf(config, role, place))];
}

function nameOf(config: JsonObject, role: SpecialRole, place: string): string {
  const key = roleKeys[role];
  return (config[key] ?? null) === null ? usualNames[role] : contentOf(config[key]!, key, place);
}
