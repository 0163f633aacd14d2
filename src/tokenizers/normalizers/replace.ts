import type { JsonObject } from "../../base/index.js";
import { AlignedTextBuilder, rawEnd, rawStart } from "../aligned-text.js";
import { stringField } from "../step-fields.js";
import { readPattern, type TextPattern } from "../text-pattern.js";
import { characterStart } from "../unicode-classes.js";
import type { Normalizer } from "./normalizer.js";

/**
 * Replace every match of a pattern. What is written stands for the last character of what it replaces, or
 * where that is nothing, for the character before it.
 */
export function replace(pattern: TextPattern, content: string): Normalizer {
  return {
    normalize(source) {
      const { text } = source;
      const found = pattern.find(text, 0, text.length);
      if (found.length === 0) return source;
      const builder = new AlignedTextBuilder(source);
      let kept = 0;
      for (let k = 0; k < found.length; k += 2) {
        const [start, end] = [found[k]!, found[k + 1]!];
        builder.keep(kept, start);
        if (end > 0)
          builder.put(content, rawStart(source, characterStart(text, end)), rawEnd(source, end - 1));
        else builder.put(content, rawStart(source, 0), rawStart(source, 0));
        kept = end;
      }
      builder.keep(kept, text.length);
      return builder.build();
    },
    toJson: () => ({ type: "Replace", pattern: pattern.json, content }),
  };
}

/** The step from its JSON. */
export function readReplace(json: JsonObject, place: string): Normalizer {
  return replace(readPattern(json, place), stringField(json, "content", place));
}
