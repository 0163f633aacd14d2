// One label, several labels or a number for a text or a pair of texts.
import { DataError, isJsonObject, type Json, type JsonObject } from "../base/index.js";
import type { ColumnGuess } from "../data/columns.js";
import { placeOf, type Row } from "../formats/row.js";
import { learnClasses, restoreClasses } from "./class-problem.js";
import { labelsOfConfig } from "./labels.js";
import { learnNumber, restoreNumber } from "./number-problem.js";
import type { ReadExamples, Task, TaskItem, TaskSettings } from "./task.js";
import type { TextExample } from "./text-example.js";

export const textClassification: Task<TextExample, TaskItem, unknown> = {
  name: "text-classification",
  defaults: { epochs: 3, learningRate: 5e-5, batchSize: 32, maxLength: 512, overflow: "truncate" },
  readExamples(rows, columns) {
    const examples: TextExample[] = [];
    const skipped: ReadExamples<TextExample>["skipped"][number][] = [];
    for (const row of rows.rows) {
      const result = readExample(row, columns as ColumnGuess<"text-classification">, rows.path);
      if (typeof result === "string") skipped.push({ line: row.line, reason: result });
      else examples.push(result);
    }
    return { examples, skipped };
  },
  learn(examples, settings) {
    const problem = settings.problem ?? kindOf(examples);
    return problem === "regression" ? learnNumber(examples) : learnClasses(examples, problem, settings);
  },
  restore(config: JsonObject, settings: TaskSettings, place: string) {
    const problem = config["problem_type"];
    const oneOutput = problem === undefined && labelsOfConfig(config, place)?.length === 1; // as Python reads it
    return problem === "regression" || oneOutput ? restoreNumber() : restoreClasses(config, settings, place);
  },
  exampleOf(input) {
    const [text, pair] =
      typeof input === "string"
        ? [input]
        : Array.isArray(input)
          ? input
          : isJsonObject(input)
            ? [input["text"], input["pair"]]
            : [];
    if (typeof text !== "string" || (pair !== undefined && typeof pair !== "string"))
      throw new DataError("expected a text, a pair of texts, or an object { text, pair }", {
        hint: 'for example "a fine film", or { "text": "...", "pair": "..." }',
      });
    return { text, pair, label: undefined, id: undefined, place: "input" };
  },
};

/** The example of a row, or why it cannot be used. */
function readExample(
  row: Row,
  { columns }: ColumnGuess<"text-classification">,
  path: string,
): TextExample | string {
  const text = textOf(row.fields[columns.text]);
  const pair = columns.pair === undefined ? undefined : textOf(row.fields[columns.pair]);
  if (text === undefined) return `no text in column ${columns.text}`;
  if (columns.pair !== undefined && pair === undefined) return `no text in column ${columns.pair}`;
  const given = columns.label === undefined ? undefined : row.fields[columns.label];
  const label = labelOf(given);
  if (columns.label !== undefined && label === undefined) return `no label in column ${columns.label}`;
  const id = columns.id === undefined ? undefined : textOf(row.fields[columns.id]);
  return { text, pair, label, id, place: placeOf(path, row.line) };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

function labelOf(value: Json | undefined): TextExample["label"] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Lists of labels are multi-label; numbers of which one has a fraction are a regression; all else is one label. */
function kindOf(examples: readonly TextExample[]): "single-label" | "multi-label" | "regression" {
  const labels = examples.map((example) => example.label);
  if (labels.some(Array.isArray)) return "multi-label";
  const numbers = labels.map((label) =>
    typeof label === "string" && label.trim() !== "" ? Number(label) : label,
  );
  const allNumbers = numbers.every((label) => typeof label === "number" && Number.isFinite(label));
  const fractions = labels.some(
    (label) =>
      (typeof label === "number" && !Number.isInteger(label)) ||
      (typeof label === "string" && /^-?\d*\.\d+$/.test(label)),
  );
  return allNumbers && fractions ? "regression" : "single-label";
}
