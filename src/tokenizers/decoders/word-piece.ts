import type { JsonObject } from "../../base/index.js";
import { booleanField, stringField } from "../step-fields.js";
import type { Decoder } from "./decoder.js";

/** What a WordPiece decoder joins and cleans. */
export interface WordPieceDecoderOptions {
  /** Marks the tokens that continue a word. Default `##`. */
  continuingPrefix?: string;
  /** Write `do n't .` as `don't.`. Default true. */
  cleanUp?: boolean;
}

/** Joins the tokens of a word, and puts a space between words. */
export function wordPieceDecoder(options: WordPieceDecoderOptions = {}): Decoder {
  const { continuingPrefix = "##", cleanUp = true } = options;
  return {
    decode: (tokens) =>
      tokens.map((token, i) => {
        const continues = token.startsWith(continuingPrefix);
        const text = i === 0 ? token : continues ? token.slice(continuingPrefix.length) : ` ${token}`;
        return cleanUp ? cleanedUp(text) : text;
      }),
    toJson: () => ({ type: "WordPiece", prefix: continuingPrefix, cleanup: cleanUp }),
  };
}

/** The step from its JSON. */
export function readWordPieceDecoder(json: JsonObject, place: string): Decoder {
  return wordPieceDecoder({
    continuingPrefix: stringField(json, "prefix", place),
    cleanUp: booleanField(json, "cleanup", place),
  });
}

/** What English wants without a space before it, in the order of the original, which works token by token. */
const cleanUps = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" do not", " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;

/** A text or a token without these spaces. */
export function cleanedUp(text: string): string {
  return cleanUps.reduce((cleaner, [spaced, joined]) => cleaner.replaceAll(spaced, joined), text);
}
