import { FileError } from "../../base/index.js";

/** How words that the dictionary lacks are made of the characters of one category (MeCab's char.def). */
export interface CategoryRule {
  readonly name: string;
  /** Propose unknown words even where the dictionary has words. */
  readonly invoke: boolean;
  /** Propose the run of characters of the same kind. */
  readonly group: boolean;
  /** Propose words of 1 to this many characters. */
  readonly length: number;
}

/** The categories of characters. */
export interface CharacterCategories {
  readonly rules: readonly CategoryRule[];
  /** The category of each UTF-16 unit, which decides what unknown words may begin with it. */
  readonly categoryOf: Uint8Array;
  /** One bit for each category a unit counts as: 一 is a numeral and a kanji. */
  readonly kindsOf: Uint16Array;
  /** The bit of white space. */
  readonly spaceKind: number;
}

/** Units there are. */
const unitCount = 0x10000;
/** Kinds are bits of 16. */
const categoryLimit = 16;

/** What char.def calls SPACE (0xD0 is a slip of its authors that MeCab follows). */
const spaceUnits = [0x09, 0x0a, 0x0b, 0x20, 0xd0];

/**
 * Read the categories. `categories` has the category of each unit, `compatible` the bits of its further ones,
 * `rules` for each category two bytes (invoke, group), four of length, and the name up to a zero byte.
 *
 * The data call every character that char.def does not list SPACE where MeCab calls it DEFAULT, which would
 * have Thai or an emoji skipped: only the units that char.def itself names are space.
 */
export function readCharacterCategories(
  categories: Uint8Array,
  compatible: Uint32Array,
  rules: Uint8Array,
  place: string,
): CharacterCategories {
  const read = readRules(rules, place);
  const [fallback, space] = ["DEFAULT", "SPACE"].map((name) => read.findIndex((rule) => rule.name === name));
  if (fallback! < 0 || space! < 0 || categories.length < unitCount || compatible.length < unitCount) {
    throw new FileError(place, "expected categories of all characters, DEFAULT and SPACE among them");
  }
  const categoryOf = new Uint8Array(unitCount);
  const kindsOf = new Uint16Array(unitCount);
  for (let unit = 0; unit < unitCount; unit++) {
    let category = categories[unit]!;
    if (category === space || category >= read.length) category = fallback!;
    if (spaceUnits.includes(unit)) category = space!;
    categoryOf[unit] = category;
    kindsOf[unit] = (1 << category) | compatible[unit]!;
  }
  return { rules: read, categoryOf, kindsOf, spaceKind: 1 << space! };
}

function readRules(bytes: Uint8Array, place: string): CategoryRule[] {
  const rules: CategoryRule[] = [];
  const decoder = new TextDecoder();
  const header = 6;
  for (let at = 0; at + header < bytes.length && bytes[at + header] !== 0; ) {
    const end = bytes.indexOf(0, at + header);
    if (end < 0 || rules.length === categoryLimit) {
      throw new FileError(place, `expected the names of at most ${categoryLimit} categories of characters`);
    }
    rules.push({
      name: decoder.decode(bytes.subarray(at + header, end)),
      invoke: bytes[at] === 1,
      group: bytes[at + 1] === 1,
      length: bytes[at + 2]!,
    });
    at = end + 1;
  }
  return rules;
}
