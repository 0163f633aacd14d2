import type { Json, JsonObject } from "../../base/index.js";
import { isCount, wrongField } from "../step-fields.js";
import type { PostProcessor } from "./post-processor.js";

/** A token with its id. */
export interface PlacedToken {
  readonly token: string;
  readonly id: number;
}

/** BERT's form: `[CLS] A [SEP]`, and for pairs `[CLS] A [SEP] B [SEP]` with type 1 from B on. */
export function bertProcessing(classification: PlacedToken, separator: PlacedToken): PostProcessor {
  const opening = { ids: [classification.id], tokens: [classification.token], typeId: 0 };
  const closing = { ids: [separator.id], tokens: [separator.token], typeId: 0 };
  const single = [opening, { sequence: 0, typeId: 0 }, closing] as const;
  return {
    single,
    pair: [...single, { sequence: 1, typeId: 1 }, { ...closing, typeId: 1 }],
    toJson: () => ({
      type: "BertProcessing",
      sep: [separator.token, separator.id],
      cls: [classification.token, classification.id],
    }),
  };
}

/** The step from its JSON. */
export function readBertProcessing(json: JsonObject, place: string): PostProcessor {
  return bertProcessing(placedToken(json, "cls", place), placedToken(json, "sep", place));
}

/** A field that holds a token and its id. */
export function placedToken(json: JsonObject, key: string, place: string): PlacedToken {
  const value: Json | undefined = json[key];
  if (!Array.isArray(value) || value.length !== 2) throw wrongField(place, key, "[token, id]", value);
  const [token, id] = value as readonly Json[];
  if (typeof token !== "string" || !isCount(id)) throw wrongField(place, key, "[token, id]", value);
  return { token, id };
}
