import {
  describeJson,
  FileError,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
} from "../base/index.js";
import { jsonErrorOffset, lineAt, objectOffsets } from "./json-place.js";
import { takeJsonLine } from "./jsonl.js";
import { columnsOf, placeOf, type Row, type RowSet, type SkippedLine } from "./row.js";
import { isSquad, readSquad } from "./squad.js";

const forms = 'an array of objects, {"data": [objects]}, or one object a line';

/**
 * Read a `.json` file of rows, in whichever of its forms: an array of objects, `{"data": [...]}`, SQuAD, or
 * (as Python's loaders also accept) one object a line.
 */
export function readJsonRows(text: string, path: string): RowSet {
  if (text.trim() === "") throw new FileError(path, `expected ${forms}, got an empty file`);
  if (isJsonLines(text)) return readLines(text, path);
  const document = parseJsonFile(text, path);
  if (Array.isArray(document)) return rowsOfArray(document, text, path);
  if (!isJsonObject(document)) {
    throw new FileError(path, `expected ${forms}, got ${describeJson(document)}`);
  }
  if (isSquad(document)) return readSquad(document, text, path);
  const data = document["data"];
  if (Array.isArray(data)) return rowsOfArray(data, text, path, "data");
  if (looksColumnar(document)) {
    throw new FileError(
      path,
      `expected ${forms}, got one array a column (${Object.keys(document).join(", ")})`,
      {
        hint: 'write one object a row: [{"text": "...", "label": "..."}, ...]',
      },
    );
  }
  return {
    path,
    format: "json",
    columns: Object.keys(document),
    rows: [{ fields: document, line: 1 }],
    skipped: [],
  };
}

/** Parse a whole JSON file; an error names the line. */
export function parseJsonFile(text: string, path: string): Json {
  try {
    return parseJson(text, path);
  } catch (error) {
    const cause = (error as Error).cause;
    if (!(cause instanceof SyntaxError)) throw error;
    const offset = jsonErrorOffset(text);
    const got =
      offset >= text.length ? "the end of the file" : JSON.stringify(text.slice(offset, offset + 20));
    throw new FileError(placeOf(path, lineAt(text, offset)), `expected JSON, got ${got}`, {
      cause,
      hint: "repair the file there: a comma, bracket or quote is missing or too much",
    });
  }
}

function rowsOfArray(items: readonly Json[], text: string, path: string, key?: string): RowSet {
  const rows: Row[] = [];
  const offsets = objectOffsets(text, key);
  let line = 1;
  let counted = 0; // offset up to which lines are counted
  for (const [i, item] of items.entries()) {
    if (!isJsonObject(item)) {
      throw new FileError(path, `expected an object as element ${i + 1}, got ${describeJson(item)}`, {
        hint: 'write each row as an object: {"text": "...", "label": "..."}',
      });
    }
    const offset = offsets[i]!;
    for (let at = text.indexOf("\n", counted); at >= 0 && at < offset; at = text.indexOf("\n", at + 1))
      line++;
    counted = offset;
    rows.push({ fields: item, line });
  }
  return { path, format: "json", columns: columnsOf(rows), rows, skipped: [] };
}

/** Whether the first line is an object by itself and another follows. */
function isJsonLines(text: string): boolean {
  const match = /^\s*(\{.*\})[ \t\r]*\n\s*\{/.exec(text);
  if (!match) return false;
  try {
    JSON.parse(match[1]!);
    return true;
  } catch {
    return false;
  }
}

function readLines(text: string, path: string): RowSet {
  const rows: Row[] = [];
  const skipped: SkippedLine[] = [];
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  for (const [i, line] of lines.entries()) takeJsonLine({ text: line, number: i + 1 }, path, rows, skipped);
  return { path, format: "jsonl", columns: columnsOf(rows), rows, skipped };
}

function looksColumnar(document: JsonObject): boolean {
  const values = Object.values(document);
  return values.length > 1 && values.every((value) => Array.isArray(value) && value.length !== 0);
}
