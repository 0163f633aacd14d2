import { describeJson, FileError, type JsonObject } from "../base/index.js";
import { compileRegex } from "./regex/regex.js";
import { objectField } from "./step-fields.js";

/** What a step of a tokenizer.json looks for in a text. */
export interface TextPattern {
  /**
   * Every match in `text` from `start` to `end`, which are the ends of the text to the pattern: start and end
   * of each, one pair after the other.
   */
  readonly find: (text: string, start: number, end: number) => number[];
  /** The pattern as tokenizer.json writes it. */
  readonly json: JsonObject;
}

/** A literal string; the empty one is found nowhere. */
export function literalPattern(literal: string): TextPattern {
  return {
    find(text, start, end) {
      const found: number[] = [];
      if (literal === "") return found;
      const piece = start === 0 && end === text.length ? text : text.slice(start, end);
      for (let at = piece.indexOf(literal); at >= 0; at = piece.indexOf(literal, at + literal.length)) {
        found.push(start + at, start + at + literal.length);
      }
      return found;
    },
    json: { String: literal },
  };
}

/** A regular expression; `place` begins the errors about it. */
export function regexPattern(pattern: string, place: string): TextPattern {
  return { find: compileRegex(pattern, place).findAll, json: { Regex: pattern } };
}

/** The pattern of a step, from its JSON. */
export function readPattern(step: JsonObject, place: string): TextPattern {
  const pattern = objectField(step, "pattern", place);
  if (typeof pattern["String"] === "string") return literalPattern(pattern["String"]);
  if (typeof pattern["Regex"] === "string") return regexPattern(pattern["Regex"], `${place}, pattern`);
  throw new FileError(
    place,
    `expected "pattern" to be {"String": "..."} or {"Regex": "..."}, got ${describeJson(Object.values(pattern)[0])}`,
  );
}
