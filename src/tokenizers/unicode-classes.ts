import {
  combiningMarkTable,
  controlTable,
  keptTable,
  nonspacingMarkTable,
  punctuationTable,
  wordTable,
} from "./unicode-tables.js";

// The bits of a character's classes, as `classesOf` gives them; the tables say what each holds.

/** White space. */
export const space = 1;
/** What the BERT normaliser deletes. */
export const control = 2;
/** ASCII punctuation and symbols, and all other punctuation. */
export const punctuation = 4;
/** What the BERT normaliser strips as an accent. */
export const nonspacingMark = 8;
/** What the StripAccents step strips. */
export const combiningMark = 16;
/** What `\w` matches. */
export const wordCharacter = 32;
/** What BERT calls a Chinese character. */
export const ideograph = 64;
/** What normalisation leaves as it is, though newer versions of Unicode do not. */
export const keptWhole = 128;

/** The property White_Space, which has not changed since Unicode 6.3. */
const spaceRanges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
] as const;

/** The blocks that BERT calls Chinese characters; 2B820 ... 2B91F are left out by its authors' slip. */
const ideographRanges = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
] as const;

let table: Uint8Array | undefined;

/** One byte of class bits for each code point, built at the first use. */
export function unicodeClasses(): Uint8Array {
  if (table !== undefined) return table;
  table = new Uint8Array(0x110000);
  for (const [first, last] of spaceRanges) mark(table, first, last, space);
  for (const [first, last] of ideographRanges) mark(table, first, last, ideograph);
  markPacked(table, controlTable, control);
  markPacked(table, punctuationTable, punctuation);
  markPacked(table, nonspacingMarkTable, nonspacingMark);
  markPacked(table, combiningMarkTable, combiningMark);
  markPacked(table, wordTable, wordCharacter);
  markPacked(table, keptTable, keptWhole);
  mark(table, 0xd800, 0xdfff, control); // half a surrogate pair is no character
  return table;
}

/** The class bits of one code point: `classesOf(0x20) & space`. */
export function classesOf(codePoint: number): number {
  return unicodeClasses()[codePoint]!;
}

/** How many UTF-16 units the character takes that begins with this code point. */
export function unitsOf(codePoint: number): 1 | 2 {
  return codePoint > 0xffff ? 2 : 1;
}

/** Where the character before position `end` begins; `end` must be above 0. */
export function characterStart(text: string, end: number): number {
  const low = text.charCodeAt(end - 1);
  if (end < 2 || (low & 0xfc00) !== 0xdc00) return end - 1;
  return (text.charCodeAt(end - 2) & 0xfc00) === 0xd800 ? end - 2 : end - 1;
}

function mark(classes: Uint8Array, first: number, last: number, bit: number): void {
  for (let codePoint = first; codePoint <= last; codePoint++) classes[codePoint]! |= bit;
}

function markPacked(classes: Uint8Array, lines: readonly string[], bit: number): void {
  let at = 0;
  let isDistance = true;
  for (const line of lines) {
    for (const digits of line.split(" ")) {
      const number = Number.parseInt(digits, 36);
      if (!isDistance) mark(classes, at, at + number, bit);
      at += number;
      isDistance = !isDistance;
    }
  }
}
