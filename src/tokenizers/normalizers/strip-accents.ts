import { mapCharacters } from "../aligned-text.js";
import { classesOf, combiningMark } from "../unicode-classes.js";
import type { Normalizer } from "./normalizer.js";

/** Delete combining marks. Accented letters must have been taken apart before (NFD, NFKD). */
export function stripAccents(): Normalizer {
  return {
    normalize: (source) =>
      mapCharacters(source, (character, codePoint) =>
        classesOf(codePoint) & combiningMark ? "" : character,
      ),
    toJson: () => ({ type: "StripAccents" }),
  };
}

/** The step from its JSON. */
export function readStripAccents(): Normalizer {
  return stripAccents();
}
