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
  /** Of a model that looks back: how many tokens of each text, from its first on, see each other. Default: none. */
  readonly prefixLengths?: Value; // [batch]
  /** Of a recurrent language model, or one with memories: whether texts go on from a state that is fed, which comes out
   *  as `state`. */
  readonly carriesState?: boolean;
  /** Of a model that predicts in any order: 1 where a token (query) may not see another (key). */
  readonly permutationMask?: Value; // [batch, sequence, sequence]
  /** Which tokens it predicts: 1 at the place of each in the sequence. Without it the model predicts nothing unseen. */
  readonly targetMapping?: Value; // [batch, target, sequence]
  /** Where rows hold several texts each: how. */
  readonly packing?: Packing;
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

// Several short texts in one row, so that little padding is computed. Each token sees the tokens of its own text alone
// and has the position it has there, so that what a text gives is what it gives by itself. Layers run over packed rows
// `[rows, length]`; heads read their result laid out as it is without packing, `[batch, sequence]`, and know nothing of
// it. (Krell et al. 2021, https://arxiv.org/abs/2107.02027, pack the rows of pre-training so.)

/** How texts stand in rows; all int64. `ids`, `mask` and `typeIds` of the inputs are then `[rows, length]`. */
export interface Packing {
  /** Which text of its row a token belongs to, counted from 1; 0 is padding. */
  readonly texts: Value; // [rows, length]
  /** Where in its text it stands, counted from 0. */
  readonly positions: Value; // [rows, length]
  /** Where the tokens of each text are: `row * length + column`; anywhere for padding. */
  readonly places: Value; // [batch, sequence]
  /** 1 a token, 0 padding. */
  readonly mask: Value; // [batch, sequence]
  /** Where the first token of each text of a row is; anywhere for rows of fewer texts. */
  readonly firstPlaces: Value; // [rows, slots]
  /** Which of these is that of each text: `row * slots + slot`. */
  readonly firstSlots: Value; // [batch]
}

/** The inputs of a graph whose rows hold several texts each, from those of one that holds a text a row. */
export function packedInputs(inputs: ModelInputs): ModelInputs {
  const ofTokens = (name: string): Value => input(name, ["rows", "length"], "int64");
  return {
    ...inputs,
    ids: ofTokens("ids"),
    mask: ofTokens("mask"),
    typeIds: ofTokens("typeIds"),
    packing: {
      texts: ofTokens("texts"),
      positions: ofTokens("positions"),
      places: input("places", ["batch", "sequence"], "int64"),
      mask: input("textMask", ["batch", "sequence"], "int64"),
      firstPlaces: input("firstPlaces", ["rows", "slots"], "int64"),
      firstSlots: input("firstSlots", ["batch"], "int64"),
    },
  };
}
