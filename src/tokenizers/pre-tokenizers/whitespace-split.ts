import { classesOf, space } from "../unicode-classes.js";
import { cutAtDelimiters, findCharacters } from "./delimiters.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

const find = findCharacters((codePoint) => (classesOf(codePoint) & space) !== 0);

/** Cut at white space, which is dropped. */
export function whitespaceSplit(): PreTokenizer {
  return {
    split: (pieces) => cutAtDelimiters(pieces, find, "Removed"),
    toJson: () => ({ type: "WhitespaceSplit" }),
  };
}

/** The step from its JSON. */
export function readWhitespaceSplit(): PreTokenizer {
  return whitespaceSplit();
}
