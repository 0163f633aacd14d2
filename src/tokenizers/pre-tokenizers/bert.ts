import { punctuation, space, unicodeClasses, unitsOf } from "../unicode-classes.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Cut at white space, which is dropped, and around every punctuation character. */
export function bertPreTokenizer(): PreTokenizer {
  return {
    split({ source, bounds }) {
      const classes = unicodeClasses();
      const { text } = source;
      const cut: number[] = [];
      for (let k = 0; k < bounds.length; k += 2) {
        const end = bounds[k + 1]!;
        let wordStart = bounds[k]!;
        let next = wordStart;
        for (let i = wordStart; i < end; i = next) {
          let codePoint = text.charCodeAt(i);
          next = i + 1;
          if ((codePoint & 0xfc00) === 0xd800) {
            codePoint = text.codePointAt(i)!;
            next = i + unitsOf(codePoint);
          }
          const found = classes[codePoint]! & (space | punctuation);
          if (found === 0) continue;
          if (i > wordStart) cut.push(wordStart, i);
          if (found & punctuation) cut.push(i, next);
          wordStart = next;
        }
        if (end > wordStart) cut.push(wordStart, end);
      }
      return { source, bounds: cut };
    },
    toJson: () => ({ type: "BertPreTokenizer" }),
  };
}

/** The step from its JSON. */
export function readBertPreTokenizer(): PreTokenizer {
  return bertPreTokenizer();
}
