import { FileError } from "../base/index.js";
import { fieldsOf, placeOf, type Row, type RowSet, type SkippedLine } from "./row.js";

/** What stands between the cells of a line. */
export type Delimiter = "," | "\t" | ";";

/** The cells of one record and the line on which it begins. */
export interface DelimitedRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Whether the first of some records names the columns. */
export type HeaderRule = (records: readonly DelimitedRecord[]) => boolean;

/**
 * Read a table of text. `hasHeader` says whether the first record names the columns; where it does not, or
 * leaves a cell empty, they are called "1", "2", ... Every record must have as many cells as the first.
 */
export function readCsv(
  text: string,
  path: string,
  { delimiter, hasHeader }: { delimiter: Delimiter; hasHeader: HeaderRule },
): RowSet {
  const skipped: SkippedLine[] = [];
  const records = parseRecords(text, path, delimiter, skipped);
  const header = records.length > 0 && hasHeader(records);
  const columns = (records[0]?.cells ?? []).map((cell, i) => (header && cell.trim()) || String(i + 1));
  if (header) checkHeader(columns, placeOf(path, records[0]!.line));
  const rows: Row[] = [];
  for (const { cells, line } of header ? records.slice(1) : records) {
    if (cells.length !== columns.length)
      throw unevenRecord(path, line, columns, cells.length, delimiter, header);
    rows.push({ fields: fieldsOf(columns, cells), line });
  }
  return { path, format: delimiter === "\t" ? "tsv" : "csv", columns, rows, skipped };
}

/**
 * The records of comma- or tab-separated text: RFC 4180, where quotes quote. In tab-separated text they are plain
 * characters where reading them so makes every line fit and reading them as quotes does not (GLUE's files).
 */
export function parseRecords(
  text: string,
  path: string,
  delimiter: Delimiter,
  skipped: SkippedLine[] = [],
): DelimitedRecord[] {
  const quoted = delimiter === "\t" ? tabsAreQuoted(text) : text.includes('"');
  return quoted ? parseQuoted(text, path, delimiter, skipped) : parsePlain(text, delimiter, skipped);
}

function parsePlain(text: string, delimiter: Delimiter, skipped: SkippedLine[]): DelimitedRecord[] {
  const records: DelimitedRecord[] = [];
  const lines = splitLines(text);
  lines.forEach((content, i) => {
    if (content !== "") records.push({ cells: content.split(delimiter), line: i + 1 });
    else if (i < lines.length - 1) skipped.push({ line: i + 1, reason: "blank line" });
  });
  return records;
}

function parseQuoted(
  text: string,
  path: string,
  delimiter: Delimiter,
  skipped: SkippedLine[],
): DelimitedRecord[] {
  const records: DelimitedRecord[] = [];
  // the next delimiter or line end, from lastIndex on
  const cellEnd = new RegExp(`${delimiter}|\r?\n`, "g");
  let cells: string[] = [];
  let line = 1;
  let recordLine = 1;
  let at = 0;
  while (at < text.length) {
    let cell: string;
    const quoted = text[at] === '"';
    if (quoted) {
      const end = closingQuote(text, at);
      if (end < 0) {
        throw new FileError(placeOf(path, line), "expected a closing quote, got the end of the file", {
          hint: 'close the quote that begins on this line; inside quotes write a quote as ""',
        });
      }
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
      for (let i = cell.indexOf("\n"); i >= 0; i = cell.indexOf("\n", i + 1)) line++;
    } else cell = "";
    cellEnd.lastIndex = at;
    const match = cellEnd.exec(text);
    const end = match?.index ?? text.length;
    if (!quoted) cell = text.slice(at, end);
    else if (end !== at) {
      throw new FileError(
        placeOf(path, line),
        `expected ${delimiter === "\t" ? "a tab" : `"${delimiter}"`} or the line's end after a closing quote, got ${JSON.stringify(text.slice(at, Math.min(end, at + 20)))}`,
        { hint: 'inside quotes write a quote as ""' },
      );
    }
    cells.push(cell);
    at = end + (match?.[0].length ?? 0);
    if (match?.[0] === delimiter) {
      if (at < text.length) continue;
      cells.push(""); // the file ends in a delimiter
    }
    if (cells.length === 1 && cells[0] === "" && !quoted) {
      skipped.push({ line: recordLine, reason: "blank line" });
    } else records.push({ cells, line: recordLine });
    cells = [];
    recordLine = ++line;
  }
  return records;
}

/** The place of the quote that closes the one at `start`, or -1. */
function closingQuote(text: string, start: number): number {
  for (let i = text.indexOf('"', start + 1); i >= 0; i = text.indexOf('"', i + 2)) {
    if (text[i + 1] !== '"') return i;
  }
  return -1;
}

function tabsAreQuoted(text: string): boolean {
  const opened = /(?:^|[\t\n])"/;
  if (!opened.test(text)) return false;
  const lines = splitLines(text).filter((line) => line !== "");
  const cells = lines.map((line) => line.split("\t"));
  const even = cells.every((row) => row.length === cells[0]!.length);
  const closed = cells.every((row) => row.every((cell) => !cell.startsWith('"') || isWholeQuote(cell)));
  return closed || !even;
}

function isWholeQuote(cell: string): boolean {
  return cell.length > 1 && closingQuote(cell, 0) === cell.length - 1;
}

function splitLines(text: string): string[] {
  return text.includes("\n") ? text.split(/\r?\n/) : text.split("\r");
}

function checkHeader(columns: readonly string[], place: string): void {
  const seen = new Set<string>();
  for (const name of columns) {
    if (seen.has(name)) {
      throw new FileError(place, `expected each column name once, got "${name}" twice`, {
        hint: "rename one of the columns",
      });
    }
    seen.add(name);
  }
}

function unevenRecord(
  path: string,
  line: number,
  columns: readonly string[],
  got: number,
  delimiter: Delimiter,
  header: boolean,
): FileError {
  const named = header ? ` (${columns.join(", ")})` : " as in the first line";
  const expected = `expected ${columns.length} column${columns.length === 1 ? "" : "s"}${named}, got ${got}`;
  const sign = delimiter === "\t" ? "tab" : delimiter === "," ? "comma" : "semicolon";
  const hint =
    got > columns.length
      ? `where the text holds a ${sign}, put it in quotes: "..."`
      : `every line needs a ${sign} between its columns, also where a cell is empty`;
  return new FileError(placeOf(path, line), expected, { hint });
}
