import type { JsonObject } from "../../base/index.js";
import type { AlignedText } from "../aligned-text.js";

/** A text cut into pieces, none of them empty. A model never joins what lies in two pieces. */
export interface Pieces {
  readonly source: AlignedText;
  /** Start and end of each piece in the source, one pair after the other. */
  readonly bounds: readonly number[];
}

/** The second step: cuts the normalised text into words. A step that rewrites text returns another source. */
export interface PreTokenizer {
  split(pieces: Pieces): Pieces;
  /** The step as tokenizer.json writes it. */
  toJson(): JsonObject;
}
