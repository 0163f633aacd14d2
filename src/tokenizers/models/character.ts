import { unitsOf } from "../unicode-classes.js";
import type { Model } from "./model.js";
import { wordLevel } from "./word-level.js";

/** What a character model knows beside its vocabulary. */
export interface CharacterOptions {
  /** Stands for characters that are not in the vocabulary; must be in it. Default `[UNK]`. */
  unknownToken?: string;
}

/**
 * Each character of a word is a token of the vocabulary, or unknown. It is kept in a vocab.txt, as in
 * Python's BertJapaneseTokenizer. `place` names the vocabulary in errors.
 */
export function character(vocabulary: readonly string[], options: CharacterOptions, place: string): Model {
  const words = wordLevel(vocabulary, options, place);
  return {
    ...words,
    tokenize(text, start, end, out) {
      for (let at = start; at < end; ) {
        const next = at + unitsOf(text.codePointAt(at)!);
        words.tokenize(text, at, next, out);
        at = next;
      }
    },
    toJson: () => ({ ...words.toJson(), type: "Character" }),
    files: () => new Map([["vocab.txt", `${vocabulary.join("\n")}\n`]]),
  };
}
