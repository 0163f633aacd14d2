import type { WordCounts } from "./word-counts.js";
import type { Characters, SpelledWords } from "./word-piece-words.js";

/** The symbols of a code point by where it stands in a word: bit 1, behind the first; bit 2, at the end. */
export type SymbolsByForm = readonly [Int32Array, Int32Array, Int32Array, Int32Array];

/** How a character at `start` that ends at `next` stands in a word, as the index of its form. */
export function formAt(word: string, start: number, next: number): number {
  return (start === 0 ? 0 : 1) | (next === word.length ? 2 : 0);
}

/** Which forms each code point occurs in, one bit a form. */
export function formsOf(words: WordCounts): Uint8Array {
  const forms = new Uint8Array(0x110000);
  words.forEach((word) => {
    for (let i = 0; i < word.length; ) {
      const codePoint = word.codePointAt(i)!;
      const next = i + (codePoint > 0xffff ? 2 : 1);
      forms[codePoint]! |= 1 << formAt(word, i, next);
      i = next;
    }
  });
  return forms;
}

/** Spell words with the symbols of their characters; those without a symbol (-1) are left out. */
export function spellByForm(
  words: WordCounts,
  characters: Characters,
  symbolsByForm: SymbolsByForm,
  symbolLimit: number,
): SpelledWords {
  const narrow = symbolLimit < 2 ** 16;
  const symbols = narrow ? new Uint16Array(characters.total) : new Uint32Array(characters.total);
  const starts = new Uint32Array(words.size + 1);
  const wide = characters.greatestCount >= 2 ** 32;
  const counts = wide ? new Float64Array(words.size) : new Uint32Array(words.size);
  let wordCount = 0;
  let length = 0;
  words.forEach((word, count) => {
    const start = length;
    for (let i = 0; i < word.length; ) {
      const codePoint = word.codePointAt(i)!;
      const next = i + (codePoint > 0xffff ? 2 : 1);
      const symbol = symbolsByForm[formAt(word, i, next)]![codePoint]!;
      if (symbol >= 0) symbols[length++] = symbol;
      i = next;
    }
    if (length - start < 2) {
      length = start; // nothing to merge
      return;
    }
    counts[wordCount++] = count;
    starts[wordCount] = length;
  });
  return {
    symbols: symbols.subarray(0, length),
    none: narrow ? 2 ** 16 - 1 : 2 ** 32 - 1,
    starts: starts.subarray(0, wordCount + 1),
    counts: counts.subarray(0, wordCount),
    symbolCounts: new Float64Array(symbolLimit),
  };
}
