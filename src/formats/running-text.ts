import { fieldsOf, type Row, type RowSet } from "./row.js";
import { textLines } from "./text.js";

/**
 * Read text that goes on from line to line, as the column `text`: a row is a line with its line end, and the blank
 * lines after it. All rows together are the whole file.
 */
export async function readRunningText(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<RowSet> {
  const rows: Row[] = [];
  let [pending, first] = ["", 1];
  const flush = (next: number): void => {
    if (pending !== "") rows.push({ fields: fieldsOf(["text"], [pending]), line: first });
    [pending, first] = ["", next];
  };
  for await (const { text, number } of textLines(chunks, path)) {
    if (text.trim() !== "" && pending.trim() !== "") flush(number);
    pending += `${text}\n`;
  }
  flush(0);
  const columns = rows.some(({ fields }) => String(fields["text"]).trim() !== "") ? ["text"] : [];
  return { path, format: "running-text", columns, rows: columns.length > 0 ? rows : [], skipped: [] };
}
