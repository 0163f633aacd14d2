import { input, type Value } from "../engine/index.js";
import type { Head } from "./head.js";

/** What goes into a model; all int64. A model reads what it knows: many have no `typeIds`. */
export interface ModelInputs {
  readonly ids: Value; // [batch, sequence], for multiple choice [examples, choices, sequence]
  readonly mask: Value; // as ids: 1 a token, 0 padding
  readonly typeIds: Value; // as ids: 0 first segment, 1 second
  /** Rows `[batch*sequence]` (of an encoder-decoder `[batch*target]`) at which a language model's head is computed;
   *  all of them unless given. */
  readonly predictedRows?: Value; // [predicted]
  /** What the decoder of an encoder-decoder reads: the text to be written, shifted by one. */
  readonly decoderIds?: Value; // [batch, target]
  readonly decoderMask?: Value; // [batch, target]
  /** Of a recurrent language model: whether texts go on from a state that is fed, which comes out as `state`. */
  readonly carriesState?: boolean;
  /** Of a model that predicts in any order: 1 where a token (query) may not see another (key). */
  readonly permutationMask?: Value; // [batch, sequence, sequence]
  /** Which tokens it predicts: 1 at the place of each in the sequence. Without it the model predicts nothing unseen. */
  readonly targetMapping?: Value; // [batch, target, sequence]
}

/** The inputs of a head's graph, named as its fields. */
export function modelInputs(head: Head): ModelInputs {
  const shape = head === "multiple-choice" ? ["examples", "choices", "sequence"] : ["batch", "sequence"];
  const ids = (name: string): Value => input(name, shape, "int64");
  const source = { ids: ids("ids"), mask: ids("mask"), typeIds: ids("typeIds") };
  if (head === "permutation-lm")
    return {
      ...source,
      permutationMask: input("permutationMask", ["batch", "sequence", "sequence"], "int64"),
      targetMapping: input("targetMapping", ["batch", "target", "sequence"], "int64"),
    };
  if (head !== "sequence-to-sequence") return source;
  const target = (name: string): Value => input(name, ["batch", "target"], "int64");
  return { ...source, decoderIds: target("decoderIds"), decoderMask: target("decoderMask") };
}
