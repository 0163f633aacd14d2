import type { Json } from "../base/index.js";
import type { RowSet } from "../formats/row.js";

/** What the values of a column look like. */
export interface ColumnProfile {
  readonly name: string;
  /** How many rows have a value that is not empty. */
  readonly filled: number;
  readonly distinctCount: number;
  /** Mean length of the values in UTF-16 units. */
  readonly meanLength: number;
  readonly allNumbers: boolean;
  /** Whether most values hold white space or a character beyond ASCII, as sentences do and codes do not. */
  readonly wordy: boolean;
}

/** More rows than this do not change what a column looks like. */
const sampleSize = 10_000;

/** Profiles of all columns, from the first rows. */
export function profileColumns(set: RowSet): ColumnProfile[] {
  const sample = set.rows.slice(0, sampleSize);
  return set.columns.map((name) => {
    const distinct = new Set<string>();
    let filled = 0;
    let length = 0;
    let allNumbers = true;
    let wordyCount = 0;
    for (const row of sample) {
      const text = shownValue(row.fields[name]);
      distinct.add(text);
      if (text === "") continue;
      filled++;
      length += text.length;
      allNumbers &&= isNumeric(text);
      if (/\s|[^\x20-\x7e]/.test(text)) wordyCount++;
    }
    return {
      name,
      filled,
      distinctCount: distinct.size,
      meanLength: filled === 0 ? 0 : length / filled,
      allNumbers: allNumbers && filled > 0,
      wordy: wordyCount > filled / 2,
    };
  });
}

/** Whether a text is a finite number in plain notation. */
export function isNumeric(text: string): boolean {
  return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text);
}

function shownValue(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value.trim() : JSON.stringify(value);
}
