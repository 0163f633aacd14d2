/** Which strings may become pieces, as SentencePiece's trainer decides it. */
export interface PieceRules {
  /** The most characters of a piece. Default 16. */
  maxPieceLength?: number;
  /** A piece has characters of one script; kana and ideographs count as one. Default true. */
  splitByScript?: boolean;
  /** Digits do not join letters. Default true. */
  splitByNumber?: boolean;
  /** Every digit is a piece of its own. Default false. */
  splitDigits?: boolean;
  /** A space stands only at the start of a piece. Default true. */
  splitByWhitespace?: boolean;
  /** Spaces belong to the word before them. Default false. */
  whitespaceAsSuffix?: boolean;
  /** Spaces may make a piece of their own. Default false. */
  whitespaceOnlyPieces?: boolean;
}

const spaceSymbol = "\u2581";

/** Tells whether a string of covered characters may be a piece. */
export function pieceRule(rules: PieceRules): (piece: string) => boolean {
  const { maxPieceLength = 16, splitByScript = true, splitByNumber = true, splitDigits = false } = rules;
  return (piece) => {
    const characters = [...piece];
    if (characters.length === 0 || characters.length > maxPieceLength) return false;
    if (!spacesStandRight(characters, rules)) return false;
    let script = anyScript;
    for (const character of characters) {
      if (character === "\t" || character === " ") return false;
      if (character === spaceSymbol) continue;
      if (splitDigits && characters.length > 1 && /\p{Nd}/u.test(character)) return false;
      let own = scriptOf(character);
      if (own === inherited) own = script;
      if (!splitByNumber && /[0-9\uff10-\uff19]/.test(character)) own = anyScript;
      if (splitByScript && own !== anyScript && script !== anyScript && own !== script) return false;
      script = own;
    }
    return true;
  };
}

function spacesStandRight(characters: readonly string[], rules: PieceRules): boolean {
  const { splitByWhitespace = true, whitespaceAsSuffix = false, whitespaceOnlyPieces = false } = rules;
  if (whitespaceOnlyPieces && characters.every((character) => character === spaceSymbol)) return true;
  const last = characters.length - 1;
  return characters.every((character, at) => {
    if (character !== spaceSymbol) return true;
    if (splitByWhitespace) return at === (whitespaceAsSuffix ? last : 0);
    // Within a piece spaces are free, but the wrong end may not be one.
    return whitespaceAsSuffix ? at !== 0 || at === last : at !== last || at === 0;
  });
}

const anyScript = "any";
const inherited = "Inherited";

/** Scripts by their Unicode names, frequent ones first. Those that are not here count as one. */
const scriptNames = (
  "Latin Han Hiragana Katakana Common Inherited Cyrillic Greek Hangul Arabic Hebrew Thai Devanagari Armenian " +
  "Georgian Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Lao Tibetan Myanmar Ethiopic " +
  "Cherokee Canadian_Aboriginal Ogham Runic Tagalog Khmer Mongolian Limbu Tai_Le New_Tai_Lue Buginese Balinese " +
  "Sundanese Lepcha Ol_Chiki Glagolitic Coptic Tifinagh Bopomofo Yi Lisu Vai Bamum Syloti_Nagri Phags_Pa " +
  "Saurashtra Kayah_Li Rejang Javanese Cham Tai_Viet Meetei_Mayek Syriac Thaana Nko Samaritan Mandaic Braille " +
  "Gothic Old_Italic Deseret Shavian Osmanya Cuneiform Egyptian_Hieroglyphs Linear_A Linear_B Ugaritic Old_Persian"
).split(" ");

const patterns = scriptNames.map((name) => new RegExp(`\\p{Script=${name}}`, "u"));
const known = new Map<string, string>();

function scriptOf(character: string): string {
  let script = known.get(character);
  if (script === undefined) {
    script = scriptNames[patterns.findIndex((pattern) => pattern.test(character))] ?? "other";
    // The long vowel sign is of no script, but belongs to the kana.
    if (script === "Hiragana" || script === "Katakana" || character === "\u30fc") script = "Han";
    known.set(character, script);
  }
  return script;
}
