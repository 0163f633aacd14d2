import type { JsonObject } from "../../base/index.js";
import { stringField } from "../step-fields.js";
import { readPattern, type TextPattern } from "../text-pattern.js";
import type { Decoder } from "./decoder.js";

/** Replaces every match of a pattern in each token. */
export function replaceDecoder(pattern: TextPattern, content: string): Decoder {
  return {
    decode: (tokens) =>
      tokens.map((token) => {
        const found = pattern.find(token, 0, token.length);
        let text = "";
        let kept = 0;
        for (let k = 0; k < found.length; k += 2) {
          text += token.slice(kept, found[k]) + content;
          kept = found[k + 1]!;
        }
        return text + token.slice(kept);
      }),
    toJson: () => ({ type: "Replace", pattern: pattern.json, content }),
  };
}

/** The step from its JSON. */
export function readReplaceDecoder(json: JsonObject, place: string): Decoder {
  return replaceDecoder(readPattern(json, place), stringField(json, "content", place));
}
