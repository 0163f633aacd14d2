import type { JsonObject } from "../../base/index.js";
import { booleanField } from "../step-fields.js";
import { type PlacedToken, placedToken } from "./bert.js";
import type { PostProcessor } from "./post-processor.js";
import { trimSpans } from "./trim-spans.js";

/** What RoBERTa's post-processor trims. */
export interface RobertaProcessingOptions {
  /** Leave white space out of the spans. Default true. */
  trimOffsets?: boolean;
  /** Whether the pre-tokenizer puts a space before the text. Default true. */
  addPrefixSpace?: boolean;
}

/** RoBERTa's form: `<s> A </s>`, and for pairs `<s> A </s></s> B </s>`; all of type 0. */
export function robertaProcessing(
  classification: PlacedToken,
  separator: PlacedToken,
  options: RobertaProcessingOptions = {},
): PostProcessor {
  const { trimOffsets = true, addPrefixSpace = true } = options;
  const opening = { ids: [classification.id], tokens: [classification.token], typeId: 0 };
  const closing = { ids: [separator.id], tokens: [separator.token], typeId: 0 };
  const single = [opening, { sequence: 0, typeId: 0 }, closing] as const;
  return {
    single,
    pair: [...single, closing, { sequence: 1, typeId: 0 }, closing],
    ...(trimOffsets ? { adjust: (spans) => trimSpans(spans, addPrefixSpace) } : {}),
    toJson: () => ({
      type: "RobertaProcessing",
      sep: [separator.token, separator.id],
      cls: [classification.token, classification.id],
      trim_offsets: trimOffsets,
      add_prefix_space: addPrefixSpace,
    }),
  };
}

/** The step from its JSON. */
export function readRobertaProcessing(json: JsonObject, place: string): PostProcessor {
  return robertaProcessing(placedToken(json, "cls", place), placedToken(json, "sep", place), {
    trimOffsets: booleanField(json, "trim_offsets", place, true),
    addPrefixSpace: booleanField(json, "add_prefix_space", place, true),
  });
}
