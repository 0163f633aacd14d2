import { fieldsOf, type Row, type RowSet, type SkippedLine } from "./row.js";
import { textLines } from "./text.js";

/** Read plain text, one example a line, as the column `text`; blank lines are skipped and counted. */
export async function readTextLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<RowSet> {
  const rows: Row[] = [];
  const skipped: SkippedLine[] = [];
  for await (const { text, number } of textLines(chunks, path)) {
    if (text.trim() === "") skipped.push({ line: number, reason: "blank line" });
    else rows.push({ fields: fieldsOf(["text"], [text]), line: number });
  }
  return { path, format: "lines", columns: rows.length > 0 ? ["text"] : [], rows, skipped };
}
