import type { JsonObject } from "../../base/index.js";

/** The way back: turns tokens into the strings that, joined, are the text. */
export interface Decoder {
  decode(tokens: readonly string[]): string[];
  /** The step as tokenizer.json writes it. */
  toJson(): JsonObject;
}
