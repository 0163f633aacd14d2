import type { JsonObject } from "../../base/index.js";
import { booleanField, choiceField } from "../step-fields.js";
import { readPattern, type TextPattern } from "../text-pattern.js";
import { cutAtDelimiters, type DelimiterBehavior, delimiterBehaviors } from "./delimiters.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Cut at every match of a pattern; with `invert`, at what lies between the matches. */
export function split(pattern: TextPattern, behavior: DelimiterBehavior, invert = false): PreTokenizer {
  return {
    split: (pieces) => cutAtDelimiters(pieces, pattern.find, behavior, invert),
    toJson: () => ({ type: "Split", pattern: pattern.json, behavior, invert }),
  };
}

/** The step from its JSON. */
export function readSplit(json: JsonObject, place: string): PreTokenizer {
  const behavior = choiceField(json, "behavior", delimiterBehaviors, place);
  return split(readPattern(json, place), behavior, booleanField(json, "invert", place, false));
}
