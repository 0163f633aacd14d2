import { FileError, type JsonObject } from "../../base/index.js";
import { literalPattern } from "../literal-pattern.js";
import { booleanField, choiceField } from "../step-fields.js";
import { cutAtDelimiters, type DelimiterBehavior, delimiterBehaviors, findLiteral } from "./delimiters.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Cut at every occurrence of a literal string. */
export function split(pattern: string, behavior: DelimiterBehavior): PreTokenizer {
  const find = findLiteral(pattern);
  return {
    split: (pieces) => cutAtDelimiters(pieces, find, behavior),
    toJson: () => ({ type: "Split", pattern: { String: pattern }, behavior, invert: false }),
  };
}

/** The step from its JSON. */
export function readSplit(json: JsonObject, place: string): PreTokenizer {
  if (booleanField(json, "invert", place, false)) {
    throw new FileError(place, '"invert": true is not supported yet', {
      hint: 'Supported: "invert": false.',
    });
  }
  return split(literalPattern(json, place), choiceField(json, "behavior", delimiterBehaviors, place));
}
