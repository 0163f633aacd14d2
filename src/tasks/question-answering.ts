// Extractive question answering: the stretch of a context that answers a question, or that there is none.
import { DataError, isJsonObject } from "../base/index.js";
import { answersOf } from "../data/answers.js";
import type { ColumnGuess } from "../data/columns.js";
import { rowPlace, textOf } from "../data/fields.js";
import type { Row, RowSet } from "../formats/row.js";
import { learnAnswers, restoreAnswers } from "./answer-problem.js";
import type { AnswerPrediction } from "./answer-search.js";
import type { QuestionItem } from "./answer-windows.js";
import type { QuestionExample } from "./question-example.js";
import { idOf, readRowsWith } from "./read-rows.js";
import type { Task } from "./task.js";

/** Defaults as in Python's run_qa.py; its stride is 128. */
export const questionAnswering: Task<QuestionExample, QuestionItem, AnswerPrediction> = {
  name: "question-answering",
  defaults: { epochs: 3, learningRate: 5e-5, batchSize: 8, maxLength: 384, overflow: "stride" },
  readExamples: (rows, columns) =>
    readRowsWith(rows, (row) =>
      readQuestion(rows, row, (columns as ColumnGuess<"question-answering">).columns),
    ),
  learn: learnAnswers,
  restore: restoreAnswers,
  exampleOf(input) {
    const { question, context } = isJsonObject(input) ? input : {};
    if (typeof question !== "string" || typeof context !== "string")
      throw new DataError("expected an object { question, context }", {
        hint: 'for example { "question": "Who wrote it?", "context": "It was written by Soseki." }',
      });
    return { question: question.trimStart(), context, answers: undefined, id: undefined, place: "input" };
  },
};

function readQuestion(
  set: RowSet,
  row: Row,
  columns: ColumnGuess<"question-answering">["columns"],
): QuestionExample {
  const question = textOf(set, row, columns.question).trimStart(); // some of SQuAD 2.0 begin with long blanks
  const context = textOf(set, row, columns.context);
  if (question === "") throw new DataError(`no question in column ${columns.question}`);
  if (context.trim() === "") throw new DataError(`no context in column ${columns.context}`);
  const impossible = columns.impossible !== undefined && isTrue(row.fields[columns.impossible]);
  const { answers: column } = columns;
  const answers = column === undefined ? undefined : answersOf(set, row, { ...columns, answers: column });
  return {
    question,
    context,
    answers: impossible ? [] : answers,
    id: idOf(row, columns.id),
    place: rowPlace(set, row),
  };
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === "1" || String(value).toLowerCase() === "true";
}
