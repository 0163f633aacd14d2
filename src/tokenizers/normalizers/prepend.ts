import type { JsonObject } from "../../base/index.js";
import { AlignedTextBuilder } from "../aligned-text.js";
import { stringField } from "../step-fields.js";
import { unitsOf } from "../unicode-classes.js";
import type { Normalizer } from "./normalizer.js";

/** Write a string before every text that is not empty. It stands for the text's first character. */
export function prepend(prefix: string): Normalizer {
  return {
    normalize(source) {
      const { text } = source;
      if (text === "" || prefix === "") return source;
      const first = unitsOf(text.codePointAt(0)!);
      const builder = new AlignedTextBuilder(source);
      builder.replace(prefix + text.slice(0, first), 0, first);
      builder.keep(first, text.length);
      return builder.build();
    },
    toJson: () => ({ type: "Prepend", prepend: prefix }),
  };
}

/** The step from its JSON. */
export function readPrepend(json: JsonObject, place: string): Normalizer {
  return prepend(stringField(json, "prepend", place));
}
