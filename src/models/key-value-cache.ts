import { input, sizeAt, subtractDimensions } from "../engine/index.js";
import type { KeyValue, PastKeyValue } from "../nn/index.js";
import type { StateSlot, StepForm, StepInputs } from "./decoder.js";

/** The keys and values of the tokens before, of a layer `name`, as inputs of a step: `[batch, heads, past, headSize]`. */
export function pastInputs(
  name: string,
  { headCount, headSize }: { readonly headCount: number; readonly headSize: number },
  { ids, mask }: StepInputs,
  { joinsPast = false }: StepForm = {},
): PastKeyValue {
  const past = subtractDimensions(sizeAt(mask, 1), sizeAt(ids, 1));
  const shape = [sizeAt(ids, 0), headCount, past, headSize];
  return { key: input(`${name}.key`, shape), value: input(`${name}.value`, shape), isJoined: joinsPast };
}

/** What carries keys and values on: those of before, and what is to be kept of the step. */
export function cacheSlots(name: string, past: KeyValue, kept: KeyValue): StateSlot[] {
  return (["key", "value"] as const).map((part) => ({
    name: `${name}.${part}`,
    kind: "cache",
    input: past[part],
    output: kept[part],
  }));
}
