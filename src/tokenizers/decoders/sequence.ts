import type { JsonObject } from "../../base/index.js";
import { listField } from "../step-fields.js";
import type { ReadStep } from "../step-table.js";
import type { Decoder } from "./decoder.js";

/** Several decoders, one after the other. */
export function decoderSequence(steps: readonly Decoder[]): Decoder {
  return {
    decode: (tokens) => steps.reduce((strings, step) => step.decode(strings), [...tokens]),
    toJson: () => ({ type: "Sequence", decoders: steps.map((step) => step.toJson()) }),
  };
}

/** The step from its JSON. */
export function readDecoderSequence(json: JsonObject, place: string, read: ReadStep<Decoder>): Decoder {
  const steps = listField(json, "decoders", place);
  return decoderSequence(steps.map((step, i) => read(step, `${place}, decoders[${i}]`)));
}
