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
}

/** The inputs of a head's graph, by the names `ids`, `mask`, `typeIds`, `decoderIds` and `decoderMask`. */
export function modelInputs(head: Head): ModelInputs {
  const shape = head === "multiple-choice" ? ["examples", "choices", "sequence"] : ["batch", "sequence"];
  const ids = (name: string): Value => input(name, shape, "int64");
  const source = { ids: ids("ids"), mask: ids("mask"), typeIds: ids("typeIds") };
  if (head !== "sequence-to-sequence") return source;
  const target = (name: string): Value => input(name, ["batch", "target"], "int64");
  return { ...source, decoderIds: target("decoderIds"), decoderMask: target("decoderMask") };
}
