import { FileError, type JsonObject } from "../../base/index.js";
import { stringField } from "../step-fields.js";
import { literalPattern } from "../text-pattern.js";
import { unitsOf } from "../unicode-classes.js";
import { cutAtDelimiters } from "./delimiters.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Cut at one character, which is dropped. */
export function charDelimiterSplit(delimiter: string): PreTokenizer {
  const { find } = literalPattern(delimiter);
  return {
    split: (pieces) => cutAtDelimiters(pieces, find, "Removed"),
    toJson: () => ({ type: "CharDelimiterSplit", delimiter }),
  };
}

/** The step from its JSON. */
export function readCharDelimiterSplit(json: JsonObject, place: string): PreTokenizer {
  const delimiter = stringField(json, "delimiter", place);
  if (delimiter === "" || delimiter.length !== unitsOf(delimiter.codePointAt(0)!)) {
    throw new FileError(place, `expected "delimiter" to be one character, got ${JSON.stringify(delimiter)}`);
  }
  return charDelimiterSplit(delimiter);
}
