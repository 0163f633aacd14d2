import { input, reshape, sizeAt, slice, subtractDimensions, type Value } from "../engine/index.js";
import type { ModelInputs } from "./inputs.js";

// How a model writes text: a graph for one step, which generation runs in a loop. What the model keeps in mind from
// one step to the next goes in and out as state; the loop owns the arrays, lets them grow, and takes rows of them
// when beams are chosen.

/** What goes into a step; all int64. */
export interface StepInputs {
  /** The tokens that are new: the whole prompt in the first step, then mostly one. */
  readonly ids: Value; // [batch, new]
  /** 1 where a token counts; 0 at padding and at places of the cache that nothing was written to yet. */
  readonly mask: Value; // [batch, past + new]
  /** The number of each new token in its text, counted without padding. */
  readonly positions: Value; // [batch, new]
}

/** The inputs of a step's graph, by the names `ids`, `mask` and `positions`. */
export function stepInputs(): StepInputs {
  return {
    ids: input("ids", ["batch", "new"], "int64"),
    mask: input("mask", ["batch", "past + new"], "int64"),
    positions: input("positions", ["batch", "new"], "int64"),
  };
}

/** How the graph of a step with a cache is laid out, where it is not for our own loop. */
export interface StepForm {
  /** Caches come out whole, the new part behind the past. Default: the new part alone. */
  readonly joinsPast?: boolean;
  /** What follows each new token is scored: logits `[batch, new, vocabulary]`. Default: what follows the last. */
  readonly scoresAll?: boolean;
  /** What `Decoder.start` gives, as values of this graph. Default: inputs of these names. */
  readonly source?: ReadonlyMap<string, Value>;
}

/** Something that goes from step to step. */
export interface StateSlot {
  /** Unique in the model: `layers.0.key`. The step's input and output have this name. */
  readonly name: string;
  /**
   * `cache`: goes in as `[batch, heads, past, size]` with everything so far; what comes out is the part of the new
   * tokens alone, `[batch, heads, new, size]`, which the loop writes behind, unless `joinsPast`. `carried`: of one shape
   * with the batch in front, replaced as a whole; starts as zeros unless `Decoder.start` gives it.
   */
  readonly kind: "cache" | "carried";
  readonly input: Value;
  readonly output: Value;
}

/** The graph of one step. */
export interface DecoderStep {
  /** Scores of what follows the last of the new tokens, or with `scoresAll` each. */
  readonly logits: Value; // [batch, vocabulary]
  readonly state: readonly StateSlot[];
}

/** How a model writes text a token at a time. */
export interface Decoder {
  /**
   * Of an encoder-decoder: what is computed once from the source, by name; each step reads it as an input of that
   * name (keys and values of the source) or starts from it (a carried state of the same name). Batch is the first axis.
   */
  start?(source: ModelInputs): ReadonlyMap<string, Value>;
  /** The same in two halves, where one array lies between them. */
  readonly source?: SourceHalves;
  /** A decoder without a cache has one form. */
  step(inputs: StepInputs, form?: StepForm): DecoderStep;
}

/** What is computed from a source: what the encoder gives, and what each layer of the decoder makes of that. */
export interface SourceHalves {
  encode(source: ModelInputs): Value; // [batch, sequence, hidden]
  /** Keys and values by the names of `Decoder.start`: `[batch, heads, sequence, headSize]` each. */
  read(hidden: Value): ReadonlyMap<string, Value>;
}

/** Score rows `[batch*new, hidden]` of a step: those of the last tokens, or all. */
export function stepLogits(
  rows: Value,
  { ids }: StepInputs,
  { scoresAll = false }: StepForm,
  score: (rows: Value) => Value,
): Value {
  const [batch, length, hiddenSize] = [sizeAt(ids, 0), sizeAt(ids, 1), sizeAt(rows, 1)];
  if (scoresAll) {
    const logits = score(rows);
    return reshape(logits, [batch, length, sizeAt(logits, 1)]);
  }
  const all = reshape(rows, [batch, length, hiddenSize]);
  return score(reshape(slice(all, 1, subtractDimensions(length, 1), length), [batch, hiddenSize]));
}
