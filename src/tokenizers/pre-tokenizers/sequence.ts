import type { JsonObject } from "../../base/index.js";
import { listField } from "../step-fields.js";
import type { ReadStep } from "../step-table.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Several pre-tokenizers, one after the other; each cuts the pieces of the one before. */
export function preTokenizerSequence(steps: readonly PreTokenizer[]): PreTokenizer {
  return {
    split: (pieces) => steps.reduce((cut, step) => step.split(cut), pieces),
    toJson: () => ({ type: "Sequence", pretokenizers: steps.map((step) => step.toJson()) }),
  };
}

/** The step from its JSON. */
export function readPreTokenizerSequence(
  json: JsonObject,
  place: string,
  read: ReadStep<PreTokenizer>,
): PreTokenizer {
  const steps = listField(json, "pretokenizers", place);
  return preTokenizerSequence(steps.map((step, i) => read(step, `${place}, pretokenizers[${i}]`)));
}
