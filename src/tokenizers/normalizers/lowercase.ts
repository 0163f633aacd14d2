import { type AlignedText, mapCharacters } from "../aligned-text.js";
import type { Normalizer } from "./normalizer.js";

/**
 * Lower case character by character, without regard to neighbours: a final Σ becomes σ, İ becomes i and a dot
 * above.
 */
export function lowercase(): Normalizer {
  return { normalize: lowercaseText, toJson: () => ({ type: "Lowercase" }) };
}

/** What `lowercase` does, for steps that include it. */
export function lowercaseText(source: AlignedText): AlignedText {
  return mapCharacters(source, (character) => character.toLowerCase());
}

/** The step from its JSON. */
export function readLowercase(): Normalizer {
  return lowercase();
}
