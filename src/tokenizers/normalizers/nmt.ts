import { mapCharacters } from "../aligned-text.js";
import type { Normalizer } from "./normalizer.js";

/** Control characters go, and what else counts as white space in machine translation becomes a space. */
export function nmt(): Normalizer {
  return {
    normalize: (source) =>
      mapCharacters(source, (character, codePoint) =>
        isDeleted(codePoint) ? "" : isSpace(codePoint) ? " " : character,
      ),
    toJson: () => ({ type: "Nmt" }),
  };
}

/** The step from its JSON. */
export function readNmt(): Normalizer {
  return nmt();
}

function isDeleted(codePoint: number): boolean {
  return (
    (codePoint >= 0x01 && codePoint <= 0x08) ||
    codePoint === 0x0b ||
    (codePoint >= 0x0e && codePoint <= 0x1f) ||
    codePoint === 0x7f ||
    codePoint === 0x8f ||
    codePoint === 0x9f
  );
}

const spaces = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd]);

function isSpace(codePoint: number): boolean {
  return spaces.has(codePoint) || (codePoint >= 0x200b && codePoint <= 0x200f);
}
