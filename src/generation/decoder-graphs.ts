import { input, leaves, logSoftmax, type Value } from "../engine/index.js";
import { type Decoder, type DecoderStep, type StateSlot, stepInputs } from "../models/decoder.js";
import { modelInputs } from "../models/inputs.js";

/** What goes from step to step, as the loop sees it. */
export interface SlotPlan {
  readonly name: string;
  readonly kind: StateSlot["kind"];
  /** Of a cache `[heads, size]`; of a carried state what comes after the batch. */
  readonly shape: readonly number[];
}

/** The graphs of a decoder with all that the loop must know of them. */
export interface DecoderGraphs {
  /** What is computed once from the source, by name; missing where there is no encoder. */
  readonly start?: ReadonlyMap<string, Value>;
  /** `logits`, `logProbabilities`, and for each slot `new:<name>`. */
  readonly step: ReadonlyMap<string, Value>;
  readonly slots: readonly SlotPlan[];
  readonly vocabularySize: number;
}

/** Build the graphs of a decoder. Inputs of a step are `ids`, `mask`, `positions`, the slots, and what `start` gives. */
export function decoderGraphs(decoder: Decoder): DecoderGraphs {
  const start = decoder.start?.(modelInputs("none"));
  const { logits, state } = buildStep(decoder);
  const step = new Map([
    ["logits", logits],
    ["logProbabilities", logSoftmax(logits)],
    ...state.map(({ name, output }) => [freshName(name), output] as const),
  ]);
  return {
    ...(start === undefined ? {} : { start }),
    step,
    slots: state.map(({ name, kind, input: { shape } }) => ({
      name,
      kind,
      shape: (kind === "cache" ? [shape[1], shape[3]] : shape.slice(1)) as number[],
    })),
    vocabularySize: logits.shape[1] as number,
  };
}

/** The parameters of all graphs of a decoder. */
export function decoderParameters({ start, step }: DecoderGraphs): Value[] {
  return leaves([...(start?.values() ?? []), ...step.values()], "parameter");
}

/** What a slot's output is called; its input has the slot's own name. */
export function freshName(slot: string): string {
  return `new:${slot}`;
}

/** Without a cache nothing tells how much is past: the mask is then that of the new tokens. */
function buildStep(decoder: Decoder): DecoderStep {
  const step = decoder.step({ ...stepInputs(), mask: input("mask", ["batch", "new"], "int64") });
  return step.state.some(({ kind }) => kind === "cache") ? decoder.step(stepInputs()) : step;
}
