import { type CodePointSet, complement, lastCodePoint } from "./code-point-set.js";
import type { PatternReader } from "./pattern-reader.js";
import { digits, hexDigits, propertySet, whiteSpace, wordCharacters } from "./properties.js";

const controls: Readonly<Record<string, number>> = {
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
  a: 0x07,
  e: 0x1b,
};

const sets: Readonly<Record<string, () => CodePointSet>> = {
  d: digits,
  D: () => complement(digits()),
  s: () => whiteSpace,
  S: () => complement(whiteSpace),
  w: wordCharacters,
  W: () => complement(wordCharacters()),
  h: () => hexDigits,
  H: () => complement(hexDigits),
};

/** What an escape stands for, read from behind its backslash. */
export function escapedSet(reader: PatternReader): CodePointSet {
  const hex = reader.takeMatch(/^(?:x([0-9a-fA-F]{1,2})|x\{([0-9a-fA-F]{1,8})\}|u([0-9a-fA-F]{4}))/);
  if (hex !== undefined) {
    const codePoint = Number.parseInt(hex[1] ?? hex[2] ?? hex[3]!, 16);
    if (codePoint > lastCodePoint) throw reader.error(`the character ${hex[0]}`);
    return [codePoint, codePoint];
  }
  const property = reader.takeMatch(/^([pP])\{(\^?)([^}]*)\}/);
  if (property !== undefined) {
    const [, letter, caret, name = ""] = property;
    const set = propertySet(name);
    if (set === undefined) throw reader.error(`the property ${JSON.stringify(name)}`);
    return (letter === "P") === (caret === "^") ? set : complement(set);
  }
  const character = reader.next();
  if (Object.hasOwn(sets, character)) return sets[character]!();
  const codePoint = Object.hasOwn(controls, character) ? controls[character]! : character.codePointAt(0)!;
  if (/[0-9A-Za-z]/.test(character) && !Object.hasOwn(controls, character)) {
    throw reader.error(`the escape \\${character}`);
  }
  return [codePoint, codePoint];
}
