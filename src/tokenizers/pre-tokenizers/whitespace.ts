import { classesOf, space, unitsOf, wordCharacter } from "../unicode-classes.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Cut into runs of word characters and runs of other characters; white space is dropped: `\w+|[^\w\s]+`. */
export function whitespace(): PreTokenizer {
  return {
    split({ source, bounds }) {
      const { text } = source;
      const cut: number[] = [];
      for (let k = 0; k < bounds.length; k += 2) {
        const end = bounds[k + 1]!;
        let runStart = bounds[k]!;
        let runClass = space;
        for (let i = runStart; i < end; ) {
          const codePoint = text.codePointAt(i)!;
          const found = classesOf(codePoint) & (space | wordCharacter);
          if (found !== runClass) {
            if (runClass !== space) cut.push(runStart, i);
            runStart = i;
            runClass = found;
          }
          i += unitsOf(codePoint);
        }
        if (runClass !== space) cut.push(runStart, end);
      }
      return { source, bounds: cut };
    },
    toJson: () => ({ type: "Whitespace" }),
  };
}

/** The step from its JSON. */
export function readWhitespace(): PreTokenizer {
  return whitespace();
}
