import { FileError, type Json, type JsonObject } from "../../base/index.js";
import { objectAt } from "../step-fields.js";
import { readBpe } from "./bpe.js";
import type { Model } from "./model.js";
import { readUnigram } from "./unigram.js";
import { readWordLevel } from "./word-level.js";
import { readWordPiece } from "./word-piece.js";

/**
 * Makes a model from its JSON; `added` gives the added tokens by id, which may fill gaps of its vocabulary.
 */
type ModelReader = (json: JsonObject, place: string, added: ReadonlyMap<number, string>) => Model;

const readers: Record<string, ModelReader> = {
  BPE: readBpe,
  Unigram: readUnigram,
  WordLevel: readWordLevel,
  WordPiece: readWordPiece,
};

/** Makes a model from its JSON, by its type. */
export function readModel(json: Json | undefined, place: string, added: ReadonlyMap<number, string>): Model {
  const step = objectAt(json, place);
  // Files of old versions name no type; the prefix tells WordPiece from the others.
  const type = step["type"] ?? ("max_input_chars_per_word" in step ? "WordPiece" : undefined);
  if (typeof type !== "string" || !Object.hasOwn(readers, type)) {
    throw new FileError(place, `the model ${JSON.stringify(type) ?? "without a type"} is not supported yet`, {
      hint: `Supported: ${Object.keys(readers).join(", ")}. Use a tokenizer with one of these models.`,
    });
  }
  return readers[type]!(step, place, added);
}
