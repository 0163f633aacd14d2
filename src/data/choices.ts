import { DataError, isJsonObject, type Json } from "../base/index.js";
import type { Row, RowSet } from "../formats/row.js";
import { rowPlace, textOf, wrongField } from "./fields.js";

/** A multiple-choice question's choices and the index of the right one, where it is known. */
export interface Choices {
  readonly choices: readonly string[];
  readonly right: number | undefined;
}

/**
 * The choices of a row: one column with an array (or `{label: [...], text: [...]}`), or one column a choice. The
 * right one is named by its index from 0, its letter (A, B, ...), its own label, or its text.
 */
export function choicesOf(
  set: RowSet,
  row: Row,
  columns: { choices: readonly string[]; label?: string },
): Choices {
  const { choices, labels } = readChoices(set, row, columns.choices);
  if (choices.length < 2) {
    throw new DataError(`${rowPlace(set, row)}: expected at least two choices, got ${choices.length}`, {
      hint: "a row without a choice teaches nothing; take it out",
    });
  }
  const given = columns.label === undefined ? null : (row.fields[columns.label] ?? null);
  if (given === null || given === "") return { choices, right: undefined };
  const right = indexOfRight(String(given).trim(), choices, labels);
  if (right !== undefined) return { choices, right };
  throw new DataError(
    `${rowPlace(set, row)}: expected one of ${choices.length} choices as ${columns.label}, got ${JSON.stringify(given)}`,
    { hint: "give the right choice's number from 0, its letter, or its text" },
  );
}

function readChoices(
  set: RowSet,
  row: Row,
  columns: readonly string[],
): { choices: string[]; labels: readonly string[] } {
  if (columns.length > 1) return { choices: columns.map((column) => textOf(set, row, column)), labels: [] };
  const value = row.fields[columns[0]!];
  const texts = isJsonObject(value) ? value["text"] : value;
  const labels = isJsonObject(value) && Array.isArray(value["label"]) ? value["label"].map(String) : [];
  if (!Array.isArray(texts) || !texts.every((text: Json) => typeof text === "string")) {
    throw wrongField(set, row, columns[0]!, "an array of texts", value);
  }
  return { choices: texts as string[], labels };
}

function indexOfRight(
  given: string,
  choices: readonly string[],
  labels: readonly string[],
): number | undefined {
  const candidates = [
    labels.indexOf(given),
    /^\d+$/.test(given) ? Number(given) : -1,
    /^[A-Ha-h]$/.test(given) ? given.toUpperCase().charCodeAt(0) - "A".charCodeAt(0) : -1,
    choices.indexOf(given),
  ];
  return candidates.find((index) => index >= 0 && index < choices.length);
}
