import type { JsonObject } from "../../base/index.js";
import type { AlignedText } from "../aligned-text.js";

/**
 * The first step: makes spellings equal that should be (case, accents, widths), keeping track of where each
 * came from.
 */
export interface Normalizer {
  normalize(source: AlignedText): AlignedText;
  /** The step as tokenizer.json writes it. */
  toJson(): JsonObject;
}
