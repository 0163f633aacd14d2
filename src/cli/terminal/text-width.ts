import { stripVTControlCharacters } from "node:util";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u{1160}-\u{11ff}]$/u;
const emojiSequence =
  /\p{Extended_Pictographic}.*\u{200d}|.\u{fe0f}|\p{Emoji_Modifier}|\p{Regional_Indicator}{2}/u;
const emoji = /^\p{Emoji_Presentation}$/u;

/**
 * East Asian Wide and Fullwidth blocks (Unicode Standard Annex 11), first and last code point of each. Wide
 * pictographs outside of them are found by their emoji property.
 */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul initial consonants
  [0x2329, 0x232a], // angle brackets
  [0x2e80, 0x303e], // CJK radicals and punctuation
  [0x3041, 0xa4cf], // kana, Bopomofo, Hangul, CJK, Yi
  [0xa960, 0xa97c], // Hangul initial consonants, extended
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff], // CJK compatibility ideographs
  [0xfe10, 0xfe19], // vertical punctuation
  [0xfe30, 0xfe6f], // CJK compatibility and small forms
  [0xff01, 0xff60], // full-width Latin
  [0xffe0, 0xffe6], // full-width signs
  [0x16fe0, 0x18d08], // Tangut, Khitan
  [0x1aff0, 0x1b2ff], // kana supplements, Nushu
  [0x1f200, 0x1f265], // enclosed ideographs
  [0x20000, 0x3fffd], // CJK extensions
];

/** How many terminal columns a text takes: `textWidth("要素 a")` is 6. Colour codes take none. */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) width += clusterWidth(segment);
  return width;
}

/** The text with spaces added up to `width` columns, at its end or (`"right"`) before it. */
export function padText(text: string, width: number, align: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/** The text cut to at most `width` columns, with an ellipsis where something was lost. Takes no colour codes. */
export function truncateText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  let used = 1; // the ellipsis
  for (const { segment } of segmenter.segment(text)) {
    used += clusterWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return width < 1 ? "" : `${kept}…`;
}

/**
 * Text that came from outside (a label, a row, a file name), made safe for a terminal: control characters are
 * shown as their pictures, so that nothing in a data set can move the cursor or change colours.
 */
export function visibleText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\x00-\x1f\x7f-\x9f\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "␡" : "\ufffd";
  });
}

function clusterWidth(cluster: string): number {
  if (emojiSequence.test(cluster)) return 2;
  let width = 0;
  for (const character of cluster) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code >= 0x20 && code < 0x7f) return 1;
  if (invisible.test(character)) return 0;
  const wide = wideBlocks.some(([first, last]) => code >= first && code <= last) || emoji.test(character);
  return wide ? 2 : 1;
}
