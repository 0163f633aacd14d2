import { padText, textWidth } from "./text-width.js";

/** A line of a section: free text, or cells that line up with those of the section's other lines. */
export type SectionLine = string | readonly string[];

const labelWidth = 10;
const firstCellWidth = 21;

/**
 * The lines of a section: its name, then the lines in a column of their own. Cells are at least two spaces
 * apart; one that begins with a digit is right-aligned with those above it; a line's last cell is never padded.
 *
 *     data      areas.jsonl            3,000 rows   9 labels
 *               areas-dev.jsonl          800 rows   4 rows also occur in training
 *               length (tokens)        median 58
 */
export function sectionText(name: string, lines: readonly SectionLine[]): string[] {
  const rows = lines.map((line) => (typeof line === "string" ? [line] : line));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? (column === 0 ? firstCellWidth : 0), textWidth(cell));
    }
  }
  return rows.map((row, i) => {
    const cells = row.map((cell, column) =>
      column === row.length - 1
        ? cell
        : padText(cell, widths[column]!, column > 0 && /^\d/.test(cell) ? "right" : "left"),
    );
    return `${padText(i === 0 ? name : "", labelWidth)}${joinCells(cells)}`.trimEnd();
  });
}

/** Two spaces after the first cell, three after the others: names stand closer to their facts than facts to each other. */
function joinCells(cells: readonly string[]): string {
  return cells
    .map((cell, column) => (column === 0 ? cell : `${column === 1 ? "  " : "   "}${cell}`))
    .join("");
}
