import type { JsonObject } from "../../base/index.js";
import { listField } from "../step-fields.js";
import type { ReadStep } from "../step-table.js";
import type { Normalizer } from "./normalizer.js";

/** Several normalisers, one after the other. */
export function normalizerSequence(steps: readonly Normalizer[]): Normalizer {
  return {
    normalize: (source) => steps.reduce((text, step) => step.normalize(text), source),
    toJson: () => ({ type: "Sequence", normalizers: steps.map((step) => step.toJson()) }),
  };
}

/** The step from its JSON. */
export function readNormalizerSequence(
  json: JsonObject,
  place: string,
  read: ReadStep<Normalizer>,
): Normalizer {
  const steps = listField(json, "normalizers", place);
  return normalizerSequence(steps.map((step, i) => read(step, `${place}, normalizers[${i}]`)));
}
