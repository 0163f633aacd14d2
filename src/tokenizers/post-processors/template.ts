import { FileError, type Json, type JsonObject } from "../../base/index.js";
import {
  countField,
  isCount,
  listField,
  objectAt,
  objectField,
  stringField,
  wrongField,
} from "../step-fields.js";
import type { PostProcessor, TemplatePiece } from "./post-processor.js";

/** A form written out piece by piece, as tokenizer.json has it. */
export function templateProcessing(
  single: readonly TemplatePiece[],
  pair: readonly TemplatePiece[],
  names: ReadonlyMap<TemplatePiece, string>,
): PostProcessor {
  const pieceJson = (piece: TemplatePiece): JsonObject =>
    "ids" in piece
      ? { SpecialToken: { id: names.get(piece)!, type_id: piece.typeId } }
      : { Sequence: { id: piece.sequence === 0 ? "A" : "B", type_id: piece.typeId } };
  const specials: Record<string, Json> = {};
  for (const piece of [...single, ...pair]) {
    if (!("ids" in piece)) continue;
    const name = names.get(piece)!;
    specials[name] = { id: name, ids: piece.ids, tokens: piece.tokens };
  }
  return {
    single,
    pair,
    toJson: () => ({
      type: "TemplateProcessing",
      single: single.map(pieceJson),
      pair: pair.map(pieceJson),
      special_tokens: specials,
    }),
  };
}

/** The step from its JSON. */
export function readTemplateProcessing(json: JsonObject, place: string): PostProcessor {
  const specials = objectField(json, "special_tokens", place);
  const names = new Map<TemplatePiece, string>();
  const read = (key: string): TemplatePiece[] =>
    listField(json, key, place).map((value, i) => {
      const where = `${place}, ${key}[${i}]`;
      const piece = objectAt(value, where);
      if ("Sequence" in piece) return readSequence(objectField(piece, "Sequence", where), where);
      const special = objectField(piece, "SpecialToken", where);
      const name = stringField(special, "id", where);
      const made = readSpecial(specials, name, countField(special, "type_id", where), where);
      names.set(made, name);
      return made;
    });
  const single = read("single");
  const pair = read("pair");
  for (const sequence of [0, 1]) {
    if (!pair.some((piece) => "sequence" in piece && piece.sequence === sequence)) {
      throw new FileError(
        place,
        `expected "pair" to use both texts, got none of ${sequence === 0 ? "A" : "B"}`,
      );
    }
  }
  return templateProcessing(single, pair, names);
}

function readSequence(json: JsonObject, place: string): TemplatePiece {
  const id = stringField(json, "id", place);
  if (id !== "A" && id !== "B") throw wrongField(place, "id", "A or B", id);
  return { sequence: id === "A" ? 0 : 1, typeId: countField(json, "type_id", place) };
}

function readSpecial(specials: JsonObject, name: string, typeId: number, place: string): TemplatePiece {
  if (!Object.hasOwn(specials, name)) {
    throw new FileError(
      place,
      `expected ${JSON.stringify(name)} among the special_tokens, got ${Object.keys(specials).join(", ")}`,
    );
  }
  const special = objectAt(specials[name], place);
  const ids = listField(special, "ids", place);
  const tokens = listField(special, "tokens", place);
  if (!ids.every(isCount))
    throw wrongField(
      place,
      "ids",
      "a list of ids",
      ids.find((id) => !isCount(id)),
    );
  if (!tokens.every((token) => typeof token === "string") || tokens.length !== ids.length) {
    throw wrongField(place, "tokens", `a list of ${ids.length} strings`, tokens);
  }
  return { ids, tokens, typeId };
}
