import { input, type Value } from "../engine/index.js";
import type { ModelInputs } from "./inputs.js";

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
