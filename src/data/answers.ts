import { DataError, isJsonObject, type Json } from "../base/index.js";
import type { Row, RowSet } from "../formats/row.js";
import { codePointIndex } from "./code-points.js";
import { rowPlace, textOf, wrongField } from "./fields.js";

/** A stretch of a context that answers a question; indices of the string, the end not included. */
export interface AnswerSpan {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The answers to a question, none where it has none. Read are `[{text, answer_start}]` as in SQuAD's files and
 * `{text: [...], answer_start: [...]}` as in the Hub's; the file counts code points. An answer that does not stand
 * in the context where the file says is an error.
 */
export function answersOf(
  set: RowSet,
  row: Row,
  columns: { context: string; answers: string },
): AnswerSpan[] {
  const context = textOf(set, row, columns.context);
  const place = rowPlace(set, row);
  const indexOf = codePointIndex(context, place);
  const given = row.fields[columns.answers] ?? null;
  const pairs = given === null ? [] : answerPairs(given);
  if (pairs === undefined) {
    throw wrongField(
      set,
      row,
      columns.answers,
      'answers such as [{"text": "...", "answer_start": 0}]',
      given,
    );
  }
  return pairs.map(({ text, answerStart }) => {
    const start = indexOf(answerStart);
    const end = start + text.length;
    const found = context.slice(start, end);
    if (text === "" || found !== text) {
      throw new DataError(
        `${place}: expected the answer "${text}" at ${answerStart} of the context, got "${found}"`,
        {
          hint: "answer_start counts characters (Unicode code points) from 0, in the context as it stands in the file",
        },
      );
    }
    return { text, start, end };
  });
}

interface AnswerPair {
  readonly text: string;
  /** In code points. */
  readonly answerStart: number;
}

function answerPairs(value: Json): AnswerPair[] | undefined {
  if (isJsonObject(value)) {
    const { text, answer_start: starts } = value as { text?: Json; answer_start?: Json };
    if (!Array.isArray(text) || !Array.isArray(starts) || text.length !== starts.length) return undefined;
    return allOrNone(text.map((item: Json, i) => pairOf(item, starts[i])));
  }
  if (!Array.isArray(value)) return undefined;
  return allOrNone(
    value.map((item: Json) => (isJsonObject(item) ? pairOf(item["text"], item["answer_start"]) : undefined)),
  );
}

function pairOf(text: Json | undefined, answerStart: Json | undefined): AnswerPair | undefined {
  return typeof text === "string" && typeof answerStart === "number" ? { text, answerStart } : undefined;
}

function allOrNone<T>(items: readonly (T | undefined)[]): T[] | undefined {
  return items.every((item) => item !== undefined) ? (items as T[]) : undefined;
}
