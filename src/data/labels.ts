import type { Json } from "../base/index.js";
import type { Row, RowSet } from "../formats/row.js";
import { isNumeric } from "./column-profile.js";
import { wrongField } from "./fields.js";

/** What a label column asks for: one class a row, several, or a number on a scale. */
export type LabelKind = "class" | "several" | "number";

/**
 * The kind of a label column: `several` where a row has an array; `number` where all are numbers and one has a
 * fraction (`3.8`, `5.0`); else `class`.
 */
export function labelKindOf(set: RowSet, column: string): LabelKind {
  let numbers = true;
  let fraction = false;
  for (const row of set.rows) {
    const value = row.fields[column] ?? null;
    if (Array.isArray(value)) return "several";
    const text = String(value);
    numbers &&= isNumeric(text);
    fraction ||= text.includes(".");
  }
  return numbers && fraction ? "number" : "class";
}

/** The class of a row, as text. An empty one is an error. */
export function labelOf(set: RowSet, row: Row, column: string): string {
  return labelText(set, row, column, row.fields[column]);
}

/** The classes of a row: an array, or one class alone, or none where the value is empty. */
export function labelsOf(set: RowSet, row: Row, column: string): string[] {
  const value = row.fields[column] ?? null;
  if (Array.isArray(value)) return value.map((item: Json) => labelText(set, row, column, item));
  return value === null || value === "" ? [] : [labelText(set, row, column, value)];
}

/** The number of a row. */
export function labelNumberOf(set: RowSet, row: Row, column: string): number {
  const value = row.fields[column];
  const number = typeof value === "string" && isNumeric(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw wrongField(set, row, column, "a number", value);
}

/** Distinct labels in a fixed order: by number where all are whole numbers, else by character code. */
export function labelNamesOf(labels: Iterable<string>): string[] {
  const names = [...new Set(labels)];
  if (names.every((name) => /^[-+]?\d+$/.test(name))) return names.sort((a, b) => Number(a) - Number(b));
  return names.sort((a, b) => (a < b ? -1 : 1));
}

function labelText(set: RowSet, row: Row, column: string, value: Json | undefined): string {
  if (typeof value === "string" && value.trim() !== "") return value.trim();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrongField(set, row, column, "a label", value === "" ? undefined : value);
}
