import { describeJson, FileError, isJsonObject, type Json, type JsonObject } from "../base/index.js";
import { lineAt } from "./json-place.js";
import { fieldsOf, placeOf, type Row, type RowSet } from "./row.js";

const columns = ["id", "title", "context", "question", "answers", "is_impossible"];

/** Whether a JSON document has the form of SQuAD: articles with paragraphs under `data`. */
export function isSquad(document: JsonObject): boolean {
  const data = document["data"];
  const first = Array.isArray(data) ? data[0] : undefined;
  return isJsonObject(first) && first["paragraphs"] !== undefined;
}

/**
 * The questions of a SQuAD document (1.1 and 2.0, also JaQuAD and JSQuAD), one row each: id, title, context,
 * question, answers (`[{text, answer_start}]` as in the file, in code points) and is_impossible. A row's line is
 * that of its question's id in the file.
 */
export function readSquad(document: JsonObject, text: string, path: string): RowSet {
  const rows: Row[] = [];
  const lineOf = lineFinder(text);
  for (const [i, article] of arrayOf(document["data"], path, "data").entries()) {
    const where = `data[${i}]`;
    const title = member(article, path, where)["title"] ?? "";
    const paragraphs = arrayOf(member(article, path, where)["paragraphs"], path, `${where}.paragraphs`);
    for (const [j, paragraph] of paragraphs.entries()) {
      const inParagraph = `${where}.paragraphs[${j}]`;
      const context = stringOf(
        member(paragraph, path, inParagraph)["context"],
        path,
        `${inParagraph}.context`,
      );
      const questions = arrayOf(member(paragraph, path, inParagraph)["qas"], path, `${inParagraph}.qas`);
      for (const [k, item] of questions.entries()) {
        const inQuestion = `${inParagraph}.qas[${k}]`;
        const fields = member(item, path, inQuestion);
        const id = idOf(fields["id"], rows.length);
        const line = lineOf(id);
        const place = placeOf(path, line);
        const question = stringOf(fields["question"], place, `${inQuestion}.question`);
        const impossible = fields["is_impossible"] === true;
        const given = fields["answers"] ?? [];
        const answers = arrayOf(given, place, `${inQuestion}.answers`).map((answer, n) =>
          answerOf(answer, place, `${inQuestion}.answers[${n}]`),
        );
        rows.push({
          fields: fieldsOf(columns, [id, title, context, question, impossible ? [] : answers, impossible]),
          line,
        });
      }
    }
  }
  return { path, format: "squad", columns, rows, skipped: [] };
}

function answerOf(value: Json, place: string, where: string): Json {
  const answer = member(value, place, where);
  const start = answer["answer_start"];
  if (typeof start !== "number" || !Number.isInteger(start) || start < 0) {
    throw new FileError(
      place,
      `expected a character count as ${where}.answer_start, got ${describeJson(start)}`,
    );
  }
  stringOf(answer["text"], place, `${where}.text`);
  return answer;
}

function idOf(value: Json | undefined, count: number): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : String(count + 1);
}

/** The lines on which ids stand. Ids come in the order of the file, so one pass over the text finds them all. */
function lineFinder(text: string): (id: string) => number {
  let offset = 0;
  let line = 1;
  return (id) => {
    const found = text.indexOf(JSON.stringify(id), offset);
    if (found >= 0) {
      line += lineAt(text.slice(offset, found), found - offset) - 1;
      offset = found;
    }
    return line;
  };
}

function member(value: Json | undefined, place: string, where: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new FileError(place, `expected an object as ${where}, got ${describeJson(value)}`);
}

function arrayOf(value: Json | undefined, place: string, where: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new FileError(place, `expected an array as ${where}, got ${describeJson(value)}`);
}

function stringOf(value: Json | undefined, place: string, where: string): string {
  if (typeof value === "string") return value;
  throw new FileError(place, `expected text as ${where}, got ${describeJson(value)}`);
}
