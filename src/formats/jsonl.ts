import { parseJsonObject } from "../base/index.js";
import { columnsOf, placeOf, type Row, type RowSet, type SkippedLine } from "./row.js";
import { type TextLine, textLines } from "./text.js";

/** Read JSON lines as they stream in: one object a line; blank lines are skipped and counted. */
export async function readJsonLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<RowSet> {
  const rows: Row[] = [];
  const skipped: SkippedLine[] = [];
  for await (const line of textLines(chunks, path)) takeJsonLine(line, path, rows, skipped);
  return { path, format: "jsonl", columns: columnsOf(rows), rows, skipped };
}

/** Read one JSON line into `rows`, or into `skipped` where it is blank. */
export function takeJsonLine(line: TextLine, path: string, rows: Row[], skipped: SkippedLine[]): void {
  if (line.text.trim() === "") skipped.push({ line: line.number, reason: "blank line" });
  else rows.push({ fields: parseJsonObject(line.text, placeOf(path, line.number)), line: line.number });
}
