import type { DelimitedRecord } from "../formats/csv.js";
import { isKnownName } from "./column-names.js";

/** Longer than a column's name, shorter than most sentences; in UTF-16 units. */
const longestName = 40;

const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/**
 * Whether the first record of a table names its columns: its cells are short and no numbers, and either one of them
 * is a name that tasks know, or below one of them stand only numbers or only labels that recur. The first cell may
 * be empty, as pandas leaves it above its row numbers.
 */
export function hasHeader(records: readonly DelimitedRecord[]): boolean {
  const cells = records[0]!.cells.map((cell) => cell.trim());
  const names = cells[0] === "" ? cells.slice(1) : cells;
  const nameLike = names.every((cell) => cell !== "" && cell.length <= longestName && !number.test(cell));
  if (!nameLike || names.length === 0) return false;
  // a known name twice is a header too, to be refused as one
  if (names.every(isKnownName)) return true;
  if (new Set(names).size < names.length) return false;
  if (names.some(isKnownName)) return true;
  const rest = records.slice(1, 1001);
  return cells.some((cell, i) => {
    const below = rest.map((record) => record.cells[i] ?? "");
    return (
      cell !== "" &&
      below.length > 0 &&
      (below.every((value) => number.test(value)) || recursWithout(cell, below))
    );
  });
}

/** Whether the values are few labels, each seen at least twice, and the cell is none of them. */
function recursWithout(cell: string, values: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return values.length >= 4 && !counts.has(cell) && [...counts.values()].every((count) => count > 1);
}
