import { FileError, isJsonObject, type Json, parseJson } from "../../base/index.js";
import type { BoundedLine } from "../../formats/bounded-lines.js";
import { placeOf } from "../../formats/row.js";
import { cutText } from "./cut-text.js";
import type { FileTally } from "./file-tally.js";
import type { PlaceCounter, RawDocument } from "./raw-document.js";
import { longestDocument } from "./text-documents.js";

/** The longest line of JSON, in bytes: it must be held whole. */
export const longestJsonLine: number = 32 * 2 ** 20;

/** The value of a row, and the number of the row in its file. */
export interface NumberedValue {
  readonly value: Json;
  readonly number: number;
}

/** The values of JSON lines; what is no JSON is told to `tally`. */
export async function* jsonValues(
  lines: AsyncIterable<readonly BoundedLine[]>,
  tally: FileTally,
): AsyncGenerator<NumberedValue> {
  let goesOn = false;
  for await (const list of lines)
    for (const { text, problem, number, ends } of list) {
      const isPart = goesOn || !ends;
      goesOn = !ends;
      if (!ends) continue;
      tally.lineCount++;
      if (isPart) {
        const limit = `${longestJsonLine / 2 ** 20} MB`;
        tally.bad(number, `a line of JSON longer than ${limit}`, "give long texts as plain text files");
      } else if (text === undefined) {
        tally.bad(number, problem!, "save the file as UTF-8");
      } else if (text.trim() === "") tally.skip(number, "blank line");
      else {
        const value = jsonOf(text, tally.path, number);
        if (value !== undefined) yield { value, number };
        else tally.bad(number, "no JSON", "each line is one JSON object, or a string");
      }
    }
}

function jsonOf(text: string, path: string, number: number): Json | undefined {
  try {
    return parseJson(text, placeOf(path, number));
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

/** A few words, so that reasons are few. */
function kindOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value !== "object") return `a ${typeof value}`;
  return Array.isArray(value) ? "an array" : "an object";
}

/** The documents of rows: each has one in a column, or is one itself. A longer one is cut. */
export async function* rowDocuments(
  values: AsyncIterable<NumberedValue> | Iterable<NumberedValue>,
  column: string,
  tally: FileTally,
  cut: PlaceCounter,
): AsyncGenerator<RawDocument> {
  for await (const { value, number } of values) {
    const text = isJsonObject(value) ? value[column] : value;
    if (typeof text !== "string") {
      const columns = isJsonObject(value) ? ` (there are ${Object.keys(value).join(", ")})` : "";
      tally.bad(
        number,
        `${kindOf(text)} in "${column}"`,
        `name the column that holds the text: --text-column${columns}`,
      );
      continue;
    }
    const place = placeOf(tally.path, number);
    const parts = cutText(text, longestDocument);
    for (let i = 1; i < parts.length; i++) cut.add(place);
    for (const part of parts) yield { text: part, place };
  }
}
