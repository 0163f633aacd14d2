import type { JsonObject } from "../../base/index.js";
import { choiceField } from "../step-fields.js";
import { classesOf, punctuation as punctuationClass } from "../unicode-classes.js";
import { cutAtDelimiters, type DelimiterBehavior, delimiterBehaviors, findCharacters } from "./delimiters.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Cut at punctuation characters. */
export function punctuation(behavior: DelimiterBehavior = "Isolated"): PreTokenizer {
  const find = findCharacters((codePoint) => (classesOf(codePoint) & punctuationClass) !== 0);
  return {
    split: (pieces) => cutAtDelimiters(pieces, find, behavior),
    toJson: () => ({ type: "Punctuation", behavior }),
  };
}

/** The step from its JSON. */
export function readPunctuation(json: JsonObject, place: string): PreTokenizer {
  return punctuation(choiceField(json, "behavior", delimiterBehaviors, place, "Isolated"));
}
