import { describeJson, FileError, type JsonObject } from "../base/index.js";
import { objectField } from "./step-fields.js";

/**
 * The literal string a step of a tokenizer.json looks for. A regular expression is refused: one from a
 * stranger's file, such as `(a+)+$`, can keep a backtracking engine busy for ever.
 */
export function literalPattern(step: JsonObject, place: string): string {
  const pattern = objectField(step, "pattern", place);
  const literal = pattern["String"];
  if (typeof literal === "string") return literal;
  if (typeof pattern["Regex"] === "string") {
    throw new FileError(
      place,
      `the regular expression ${JSON.stringify(pattern["Regex"])} is not supported yet`,
      {
        hint: 'Supported: a literal pattern, {"String": "..."}. Use a tokenizer whose steps look for plain strings.',
      },
    );
  }
  throw new FileError(place, `expected "pattern" to be {"String": "..."}, got ${describeJson(literal)}`);
}
