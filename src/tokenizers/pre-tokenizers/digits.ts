import type { JsonObject } from "../../base/index.js";
import { booleanField } from "../step-fields.js";
import { cutAtDelimiters, findCharacters } from "./delimiters.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Cut around numbers, or around each digit. */
export function digits(options: { individual?: boolean } = {}): PreTokenizer {
  const { individual = false } = options;
  const find = findCharacters(isNumeric);
  return {
    split: (pieces) => cutAtDelimiters(pieces, find, individual ? "Isolated" : "Contiguous"),
    toJson: () => ({ type: "Digits", individual_digits: individual }),
  };
}

/** The step from its JSON. */
export function readDigits(json: JsonObject, place: string): PreTokenizer {
  return digits({ individual: booleanField(json, "individual_digits", place, false) });
}

function isNumeric(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint >= 0x30 && codePoint <= 0x39;
  return /\p{N}/u.test(String.fromCodePoint(codePoint));
}
