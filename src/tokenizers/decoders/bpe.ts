import type { JsonObject } from "../../base/index.js";
import { stringField } from "../step-fields.js";
import type { Decoder } from "./decoder.js";

/** Puts a space where a token ends a word, but not behind the last. */
export function bpeDecoder(endOfWordSuffix = "</w>"): Decoder {
  return {
    decode: (tokens) =>
      tokens.map((token, i) => token.replaceAll(endOfWordSuffix, i === tokens.length - 1 ? "" : " ")),
    toJson: () => ({ type: "BPEDecoder", suffix: endOfWordSuffix }),
  };
}

/** The step from its JSON. */
export function readBpeDecoder(json: JsonObject, place: string): Decoder {
  return bpeDecoder(stringField(json, "suffix", place));
}
