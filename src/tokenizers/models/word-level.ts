import { FileError, type JsonObject } from "../../base/index.js";
import { objectField, stringField } from "../step-fields.js";
import type { Model } from "./model.js";
import { readVocabulary, vocabularyTable } from "./vocabulary.js";

/** What a WordLevel model knows beside its vocabulary. */
export interface WordLevelOptions {
  /** Stands for words that are not in the vocabulary; must be in it. Default `[UNK]`. */
  unknownToken?: string;
}

/** WordLevel: a word is a token of the vocabulary, or unknown. `place` names the vocabulary in errors. */
export function wordLevel(vocabulary: readonly string[], options: WordLevelOptions, place: string): Model {
  const { unknownToken = "[UNK]" } = options;
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const unknownId = ids.get(unknownToken);
  if (unknownId === undefined) {
    throw new FileError(
      place,
      `expected the unknown token ${JSON.stringify(unknownToken)} in the vocabulary, got none`,
      { hint: "Name the vocabulary's own unknown token (unk_token), or add this one to it." },
    );
  }
  return {
    vocabulary,
    unknownToken,
    tokenToId: (token) => ids.get(token),
    tokenize(text, start, end, out) {
      out.push(ids.get(text.slice(start, end)) ?? unknownId, start, end);
    },
    toJson: () => ({ type: "WordLevel", vocab: vocabularyTable(vocabulary), unk_token: unknownToken }),
    files: () => new Map(),
  };
}

/** The step from its JSON. */
export function readWordLevel(json: JsonObject, place: string, added: ReadonlyMap<number, string>): Model {
  const vocabulary = readVocabulary(objectField(json, "vocab", place), `${place}, vocab`, added);
  return wordLevel(vocabulary, { unknownToken: stringField(json, "unk_token", place) }, place);
}
