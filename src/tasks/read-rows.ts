import { DataError } from "../base/index.js";
import { rowPlace } from "../data/fields.js";
import type { Row, RowSet, SkippedLine } from "../formats/row.js";
import type { ReadExamples } from "./task.js";

/** An example of each row; a row that `read` refuses with a DataError is skipped, for the reason it gives. */
export function readRowsWith<Example>(set: RowSet, read: (row: Row) => Example): ReadExamples<Example> {
  const examples: Example[] = [];
  const skipped: SkippedLine[] = [];
  for (const row of set.rows) {
    try {
      examples.push(read(row));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      const place = `${rowPlace(set, row)}: `;
      const reason = error.message.startsWith(place) ? error.message.slice(place.length) : error.message;
      skipped.push({ line: row.line, reason });
    }
  }
  return { examples, skipped };
}

/** The id of a row as text, where it has one. */
export function idOf(row: Row, column: string | undefined): string | undefined {
  const value = column === undefined ? undefined : row.fields[column];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
