import { sizeOf } from "../base/index.js";
import { bindSymbols, dimensionValue, leaves, nameOf, peakLiveBytes, type Value } from "../engine/index.js";
import type { Feeds } from "./learner.js";
import type { TrainingPlan } from "./training-plan.js";
import { stateByteCount } from "./update-plan.js";

// What a training takes in memory, read off its graphs: nothing is allocated to find it out.

/** Bytes of the arrays that a learner holds from beginning to end. */
export interface HeldBytes {
  readonly parameters: number;
  /** With the further copy that micro-batches are added up from. */
  readonly gradients: number;
  readonly optimizerState: number;
}

/** The arrays of a training; `accumulates`: whether a step has several micro-batches. */
export function heldBytes({ slots, trainedCount, update }: TrainingPlan, accumulates: boolean): HeldBytes {
  const floats = Float32Array.BYTES_PER_ELEMENT;
  return {
    parameters: floats * slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    gradients: floats * trainedCount * (accumulates ? 2 : 1),
    optimizerState: stateByteCount(update),
  };
}

/**
 * Bytes of what a batch's forward and backward pass hold at once at most: results that wait for their last reader, and
 * dropout masks.
 */
export function stepBytes({ gradients: { outputs, plan } }: TrainingPlan, feeds: Feeds): number {
  const gradients = [...outputs].filter(([name]) => name.startsWith("gradient:")).map(([, value]) => value);
  const carried = new Set(plan.carried.map(({ name }) => name));
  return passBytes(outputs, feeds, carried, new Set(gradients));
}

/** The same of a graph that is run forward only; `carried` are inputs that it feeds itself. */
export function passBytes(
  outputs: ReadonlyMap<string, Value>,
  feeds: Feeds,
  carried: ReadonlySet<string>,
  placed: ReadonlySet<Value> = new Set(),
): number {
  // a runtime begins with the last output, so that each gradient of a weight comes as soon as it can
  const roots = [...outputs.values()].reverse();
  const inputs = leaves(roots, "input");
  const isMask = ({ source }: Value): boolean => source.kind === "input" && source.mask !== undefined;
  const bindings = bindSymbols(
    inputs.filter((value) => !isMask(value) && !carried.has(nameOf(value))),
    feeds,
  );
  const masks = inputs
    .filter(isMask)
    .reduce((sum, { shape }) => sum + sizeOf(shape.map((size) => dimensionValue(size, bindings))), 0);
  return peakLiveBytes(roots, bindings, placed) + masks;
}
