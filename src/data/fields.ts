import { DataError, describeJson, type Json } from "../base/index.js";
import { placeOf, type Row, type RowSet } from "../formats/row.js";

/** Where a row stands, for error messages. */
export function rowPlace(set: RowSet, row: Row): string {
  return placeOf(set.path, row.line);
}

/** The text in a column; numbers and truth values as they are written. Nothing, or an array, is an error. */
export function textOf(set: RowSet, row: Row, column: string): string {
  const value = row.fields[column];
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrongField(set, row, column, "a text", value);
}

/** The array of texts in a column, for instance the words of a sentence. */
export function textsOf(set: RowSet, row: Row, column: string): string[] {
  const value = row.fields[column];
  if (!Array.isArray(value)) throw wrongField(set, row, column, "an array of texts", value);
  return value.map((item: Json, i) => {
    if (typeof item === "string" || typeof item === "number") return String(item);
    throw wrongField(set, row, `${column}[${i}]`, "a text", item);
  });
}

/** The words and tags of a row; without a tag column, only words. They must be as many. */
export function taggedWordsOf(
  set: RowSet,
  row: Row,
  columns: { words: string; tags?: string },
): { words: string[]; tags: string[] | undefined } {
  const words = textsOf(set, row, columns.words);
  if (columns.tags === undefined) return { words, tags: undefined };
  const tags = textsOf(set, row, columns.tags);
  if (tags.length !== words.length) {
    throw new DataError(
      `${rowPlace(set, row)}: expected ${words.length} tags, one a word, got ${tags.length}`,
      {
        hint: `the arrays ${columns.words} and ${columns.tags} must be of one length`,
      },
    );
  }
  return { words, tags };
}

/** The error of a value that has the wrong form. */
export function wrongField(
  set: RowSet,
  row: Row,
  column: string,
  expected: string,
  value: Json | undefined,
): DataError {
  const got = value === undefined || value === null ? "nothing" : describeJson(value);
  return new DataError(`${rowPlace(set, row)}: expected ${expected} as ${column}, got ${got}`, {
    hint: "repair or take out the row, or name another column",
  });
}
