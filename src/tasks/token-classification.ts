// A tag for each word: named entities, parts of speech. Words come with tags, or raw texts with entities as spans.
import { DataError, isJsonObject } from "../base/index.js";
import type { ColumnGuess } from "../data/columns.js";
import { entitySpansOf } from "../data/entity-spans.js";
import { rowPlace, taggedWordsOf, textOf } from "../data/fields.js";
import type { Row, RowSet } from "../formats/row.js";
import { idOf, readRowsWith } from "./read-rows.js";
import type { TagItem } from "./tag-items.js";
import type { TagPrediction } from "./tag-predictions.js";
import { learnTags, restoreTags } from "./tag-problem.js";
import type { TaggedExample } from "./tagged-example.js";
import type { Task } from "./task.js";

/** Defaults as in Python's run_ner.py. */
export const tokenClassification: Task<TaggedExample, TagItem, TagPrediction> = {
  name: "token-classification",
  defaults: { epochs: 3, learningRate: 5e-5, batchSize: 8, maxLength: 512, overflow: "truncate" },
  readExamples: (rows, columns) =>
    readRowsWith(rows, (row) =>
      readTagged(rows, row, (columns as ColumnGuess<"token-classification">).columns),
    ),
  learn: learnTags,
  restore: restoreTags,
  exampleOf(input) {
    const unknown = { id: undefined, place: "input" };
    const given = isJsonObject(input) ? (input["words"] ?? input["text"]) : input;
    if (typeof given === "string") return { kind: "text", text: given, entities: undefined, ...unknown };
    if (Array.isArray(given) && given.every((word) => typeof word === "string"))
      return { kind: "words", words: given, tags: undefined, ...unknown };
    throw new DataError("expected a text, an array of words, or an object { text } or { words }", {
      hint: 'for example "Mary lives in Rome", or ["Mary", "lives", "in", "Rome"]',
    });
  },
};

function readTagged(
  set: RowSet,
  row: Row,
  columns: ColumnGuess<"token-classification">["columns"],
): TaggedExample {
  const known = { id: idOf(row, columns.id), place: rowPlace(set, row) };
  const { words: wordColumn, text: textColumn } = columns;
  if (wordColumn !== undefined) {
    const { words, tags } = taggedWordsOf(set, row, { ...columns, words: wordColumn });
    if (words.length === 0) throw new DataError(`no words in column ${wordColumn}`);
    return { kind: "words", words, tags, ...known };
  }
  const text = textOf(set, row, textColumn!);
  if (text.trim() === "") throw new DataError(`no text in column ${textColumn}`);
  const { entities: spanColumn } = columns;
  const entities =
    spanColumn === undefined
      ? undefined
      : entitySpansOf(set, row, { text: textColumn!, entities: spanColumn });
  return { kind: "text", text, entities, ...known };
}
