import { FileError } from "../base/index.js";
import { fieldsOf, placeOf, type Row, type RowSet, type SkippedLine } from "./row.js";

const columns = ["label", "text"];

/** A line of fastText: one or more labels with its prefix, then the text. */
const fastText = /^((?:__label__\S+[ \t]+)+)(.*)$/;

/**
 * Lines that begin with their label: `__label__API text` as fastText writes them (several labels make an array),
 * or `DESC:manner How did ...`, the first word being the label, as TREC has it.
 */
export function readLabeledLines(text: string, path: string): RowSet {
  const rows: Row[] = [];
  const skipped: SkippedLine[] = [];
  const prefixed = text.includes("__label__");
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  for (const [i, content] of lines.entries()) {
    const line = i + 1;
    if (content.trim() === "") {
      skipped.push({ line, reason: "blank line" });
      continue;
    }
    const match = prefixed ? fastText.exec(content) : /^(\S+)[ \t]+(.*)$/.exec(content);
    if (!match?.[2]?.trim()) {
      const form = prefixed ? "__label__NAME and a text" : "a label and a text";
      throw new FileError(
        placeOf(path, line),
        `expected ${form}, got ${JSON.stringify(content.slice(0, 60))}`,
        {
          hint: "begin every line with its label, then a space and the text",
        },
      );
    }
    const labels = match[1]!
      .trim()
      .split(/[ \t]+/)
      .map((label) => label.replace(/^__label__/, ""));
    rows.push({
      fields: fieldsOf(columns, [labels.length === 1 ? labels[0]! : labels, match[2].trim()]),
      line,
    });
  }
  return { path, format: "labeled-lines", columns, rows, skipped };
}
