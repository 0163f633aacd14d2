import { FileError, type JsonObject } from "../../base/index.js";
import { countField, stringField } from "../step-fields.js";
import { unitsOf } from "../unicode-classes.js";
import type { Decoder } from "./decoder.js";

/** Strips up to `start` times the character from the start of each token, and up to `stop` times from its end. */
export function stripDecoder(character: string, start: number, stop: number): Decoder {
  return {
    decode: (tokens) =>
      tokens.map((token) => {
        let from = 0;
        for (let i = 0; i < start && token.startsWith(character, from); i++) from += character.length;
        let to = token.length;
        for (let i = 0; i < stop && to > from && token.endsWith(character, to); i++) {
          to -= character.length;
        }
        return token.slice(from, to);
      }),
    toJson: () => ({ type: "Strip", content: character, start, stop }),
  };
}

/** The step from its JSON. */
export function readStripDecoder(json: JsonObject, place: string): Decoder {
  const character = stringField(json, "content", place);
  if (character === "" || character.length !== unitsOf(character.codePointAt(0)!)) {
    throw new FileError(place, `expected "content" to be one character, got ${JSON.stringify(character)}`);
  }
  return stripDecoder(character, countField(json, "start", place), countField(json, "stop", place));
}
