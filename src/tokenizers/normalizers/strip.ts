import type { JsonObject } from "../../base/index.js";
import { sliceText } from "../aligned-text.js";
import { booleanField } from "../step-fields.js";
import { classesOf, space } from "../unicode-classes.js";
import type { Normalizer } from "./normalizer.js";

/** Delete white space at the ends of the text. */
export function strip(options: { left?: boolean; right?: boolean } = {}): Normalizer {
  const { left = true, right = true } = options;
  return {
    normalize(source) {
      const { text } = source;
      let from = 0;
      let to = text.length;
      // White space has no character outside the basic plane, so units are characters here.
      if (left) while (from < to && classesOf(text.charCodeAt(from)) & space) from++;
      if (right) while (to > from && classesOf(text.charCodeAt(to - 1)) & space) to--;
      return from === 0 && to === text.length ? source : sliceText(source, from, to);
    },
    toJson: () => ({ type: "Strip", strip_left: left, strip_right: right }),
  };
}

/** The step from its JSON. */
export function readStrip(json: JsonObject, place: string): Normalizer {
  return strip({
    left: booleanField(json, "strip_left", place),
    right: booleanField(json, "strip_right", place),
  });
}
