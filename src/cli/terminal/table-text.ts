import { padText, textWidth } from "./text-width.js";

/** A table as it is printed: a heading for each column and rows of finished cells; missing cells are empty. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const number = /^[-+<>]?[\d.,]+(e[-+]?\d+)?( ?%)?( ± ?[\d.,]+)?$|^(–|-|NaN|Infinity)?$/;

/**
 * The lines of a table: columns three spaces apart, each as wide as its widest cell, columns of numbers
 * right-aligned with their heading.
 *
 *     epoch   accuracy   label
 *         1      0.871   要素
 */
export function tableText(table: Table): string[] {
  const columnCount = Math.max(table.head.length, ...table.rows.map((row) => row.length));
  const all = [table.head, ...table.rows];
  const columns = Array.from({ length: columnCount }, (_, column) => {
    const cells = table.rows.map((row) => row[column] ?? "");
    return {
      width: Math.max(...all.map((row) => textWidth(row[column] ?? ""))),
      align: cells.some((cell) => cell !== "") && cells.every((cell) => number.test(cell)) ? "right" : "left",
    } as const;
  });
  return all.map((row) =>
    columns
      .map(({ width, align }, column) => padText(row[column] ?? "", width, align))
      .join("   ")
      .trimEnd(),
  );
}
