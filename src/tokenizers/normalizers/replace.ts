import type { JsonObject } from "../../base/index.js";
import { AlignedTextBuilder } from "../aligned-text.js";
import { literalPattern } from "../literal-pattern.js";
import { stringField } from "../step-fields.js";
import { characterStart } from "../unicode-classes.js";
import type { Normalizer } from "./normalizer.js";

/**
 * Replace every occurrence of a literal string. What is written stands for the last character of what it
 * replaces.
 */
export function replace(pattern: string, content: string): Normalizer {
  return {
    normalize(source) {
      const { text } = source;
      let at = pattern === "" ? -1 : text.indexOf(pattern);
      if (at < 0) return source;
      const builder = new AlignedTextBuilder(source);
      let kept = 0;
      for (; at >= 0; at = text.indexOf(pattern, kept)) {
        builder.keep(kept, at);
        kept = at + pattern.length;
        builder.replace(content, characterStart(text, kept), kept);
      }
      builder.keep(kept, text.length);
      return builder.build();
    },
    toJson: () => ({ type: "Replace", pattern: { String: pattern }, content }),
  };
}

/** The step from its JSON. */
export function readReplace(json: JsonObject, place: string): Normalizer {
  return replace(literalPattern(json, place), stringField(json, "content", place));
}
