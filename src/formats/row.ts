import type { Json } from "../base/index.js";

/** One example of a data file, with the place it came from. */
export interface Row {
  /** Values by column name; without a prototype, so that any name is only a name. */
  readonly fields: Readonly<Record<string, Json>>;
  /** The line on which it begins, counted from 1; in Parquet, which has no lines, the number of the row. */
  readonly line: number;
}

/** A line that holds no example, and why. */
export interface SkippedLine {
  readonly line: number;
  readonly reason: string;
}

/** How a data file is written. `labeled-lines` are fastText's and TREC's `label text`; `lines` one text a line,
 *  `running-text` one text that goes on from line to line. */
export type RowFormat =
  | "csv"
  | "tsv"
  | "jsonl"
  | "json"
  | "conll"
  | "squad"
  | "parquet"
  | "labeled-lines"
  | "lines"
  | "running-text";

/** What a data file holds. */
export interface RowSet {
  readonly path: string;
  readonly format: RowFormat;
  /** Column names in order of appearance; of a table without a header, "1", "2", ... */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly skipped: readonly SkippedLine[];
}

/** A path and line as errors name them: `areas.tsv, line 1,204`. */
export function placeOf(path: string, line: number): string {
  return `${path}, line ${line.toLocaleString("en-US")}`;
}

/** A record without prototype of names and values. */
export function fieldsOf(names: readonly string[], values: readonly Json[]): Record<string, Json> {
  const fields: Record<string, Json> = Object.create(null);
  for (let i = 0; i < names.length; i++) fields[names[i]!] = values[i] ?? null;
  return fields;
}

/** All column names of some rows, in order of first appearance. */
export function columnsOf(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name in row.fields) names.add(name);
  return [...names];
}
