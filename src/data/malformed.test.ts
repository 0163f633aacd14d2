import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { TsugikiError } from "../base/index.js";
import {
  answersOf,
  choicesOf,
  entitySpansOf,
  guessColumns,
  labelNumberOf,
  labelOf,
  type RowSet,
  readRows,
  taggedWordsOf,
  textOf,
} from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-malformed-"));
after(() => rmSync(folder, { recursive: true }));

type Case = [name: string, content: string | Uint8Array, message: string];

const bytes = (...values: number[]) => Uint8Array.from(values);
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** Files that cannot be read; the message follows the file's name. */
const unreadable: readonly Case[] = [
  // nothing in them
  ["empty.csv", "", ": expected rows, got an empty file"],
  ["empty.jsonl", "", ": expected rows, got an empty file"],
  ["empty.json", "", ": expected rows, got an empty file"],
  ["empty.parquet", "", ": expected rows, got an empty file"],
  ["empty.csv.gz", gzipSync(""), ": expected rows, got an empty file"],
  ["mark.csv", "\ufeff", ": expected rows, got none"],
  ["blank.jsonl", "\n\n \n", ": expected rows, got none"],
  ["blank.json", " \n", ": expected an array of objects"],
  ["blank.conll", "\n\n", ": expected rows, got a header only (words, tags)"],
  ["header.csv", "text,label\n", ": expected rows, got a header only (text, label)"],
  ["header.tsv", "text\tlabel", ": expected rows, got a header only (text, label)"],
  ["no-rows.json", "[]", ": expected rows, got none"],
  ["no-data.json", '{"data": []}', ": expected rows, got none"],
  ["documents.conll", "-DOCSTART- O\n\n", ": expected rows, got a header only (words, tags)"],
  // not text, or not UTF-8
  ["utf-16.csv", bytes(0xff, 0xfe, 0x61, 0, 0x2c, 0), ": expected UTF-8 text, got UTF-16"],
  ["utf-16.jsonl", bytes(0xfe, 0xff, 0, 0x7b), ": expected UTF-8 text, got UTF-16"],
  [
    "shift-jis.csv",
    bytes(0x61, 0x2c, 0x62, 0x0a, 0x93, 0xfa, 0x2c, 0x31, 0x0a),
    ", line 2: expected UTF-8 text, got other bytes",
  ],
  [
    "latin-1.tsv",
    bytes(0x61, 9, 0x31, 0x0a, 0x63, 0x61, 0x66, 0xe9, 9, 0x30),
    ", line 2: expected UTF-8 text",
  ],
  ["latin-1.jsonl", bytes(0x7b, 0x7d, 0x0a, 0x22, 0xe9, 0x22), ", line 2: expected UTF-8 text"],
  ["cut-character.conll", bytes(0x61, 0x20, 0x4f, 0x0a, 0xe3, 0x81), ", line 2: expected UTF-8 text"],
  ["surrogate.json", bytes(0x5b, 0x0a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d), ", line 2: expected UTF-8 text"],
  ["binary.csv", bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0), ": expected text, got a binary file"],
  ["zip.jsonl", bytes(0x50, 0x4b, 3, 4, 0x14, 0, 0, 0), ": expected text, got a binary file"],
  ["picture.txt", bytes(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0), ": expected"],
  // packed
  ["not-packed.csv.gz", "text,label\na,b\n", ": expected a gzip file, got: incorrect header check"],
  [
    "cut.csv.gz",
    gzipSync("text,label\na,b\n".repeat(50)).subarray(0, 30),
    ": expected a gzip file, got: unexpected end of file",
  ],
  [
    "bomb.csv.gz",
    gzipSync(new Uint8Array(65 * 2 ** 20).fill(0x61)),
    ": expected data that unpacks to at most 100 times its size, got more",
  ],
  // comma- and tab-separated
  ["few.csv", "text,label\na,b\nc\n", ", line 3: expected 2 columns (text, label), got 1"],
  ["many.csv", "text,label\na,b\nc,d,e\n", ", line 3: expected 2 columns (text, label), got 3"],
  ["many.tsv", "a b\t1\nc\td\t0\n", ", line 2: expected 2 columns as in the first line, got 3"],
  [
    "late.tsv",
    `${"a b\t1\n".repeat(1203)}c\td\t0\n`,
    ", line 1,204: expected 2 columns as in the first line, got 3",
  ],
  ["after-newline.csv", 'text,label\n"a\nb",1\nc\n', ", line 4: expected 2 columns (text, label), got 1"],
  ["open.csv", 'text,label\na,b\n"c,d\ne,f\n', ", line 3: expected a closing quote, got the end of the file"],
  [
    "behind.csv",
    'text,label\n"a"b,c\n',
    ', line 2: expected "," or the line\'s end after a closing quote, got "b"',
  ],
  [
    "behind.tsv",
    'text\tlabel\n"a\nx"b\tc\n',
    ", line 3: expected a tab or the line's end after a closing quote",
  ],
  ["twice.csv", "text,text\na,b\n", ', line 1: expected each column name once, got "text" twice'],
  ["unnamed.csv", "\n\ntext,text\na,b\n", ', line 3: expected each column name once, got "text" twice'],
  // JSON lines
  ["cut.jsonl", '{"text": "a"}\n{"text": "b', ", line 2: expected JSON"],
  ["comma.jsonl", '{"text": "a"},\n{"text": "b"},\n', ", line 1: expected JSON"],
  ["array.jsonl", '[{"text": "a"}]\n', ", line 1: expected a JSON object, got an array of 1"],
  ["text.jsonl", '{"text": "a"}\n\n"b"\n', ', line 3: expected a JSON object, got string "b"'],
  ["null.jsonl", "null\n", ", line 1: expected a JSON object, got null"],
  ["python.jsonl", "{'text': 'a'}\n", ", line 1: expected JSON"],
  ["nan.jsonl", '{"label": NaN}\n', ", line 1: expected JSON"],
  ["two.jsonl", '{"a": 1} {"a": 2}\n', ", line 1: expected JSON"],
  ["deep.jsonl", `{"a": 1}\n{"a": ${nested(100_000)}}\n`, ", line 2: expected JSON nested at most 200 deep"],
  ["csv.jsonl", "text,label\na,b\n", ", line 1: expected JSON"],
  // JSON
  ["cut.json", '[\n{"text": "a"},\n{"text": "b"', ", line 3: expected JSON, got the end of the file"],
  ["comma.json", '[{"text": "a"},\n]', ', line 2: expected JSON, got "]"'],
  ["missing.json", '[{"text": "a"}\n{"text": "b"}]', ", line 2: expected JSON"],
  ["string.json", '"text"', ": expected an array of objects"],
  ["numbers.json", '[{"text": "a"}, 2]', ": expected an object as element 2, got number 2"],
  ["columns.json", '{"text": ["a", "b"], "label": [0, 1]}', ": expected an array of objects"],
  ["deep.json", nested(100_000), ": expected JSON nested at most 200 deep"],
  ["html.json", "<!DOCTYPE html>\n<html></html>", ', line 1: expected JSON, got "<!DOCTYPE html>'],
  // SQuAD
  [
    "paragraphs.json",
    '{"data": [{"paragraphs": {}}]}',
    ": expected an array as data[0].paragraphs, got an object",
  ],
  [
    "context.json",
    '{"data": [{"paragraphs": [{"qas": []}]}]}',
    ": expected text as data[0].paragraphs[0].context, got undefined",
  ],
  [
    "qas.json",
    '{"data": [{"paragraphs": [{"context": "c"}]}]}',
    ": expected an array as data[0].paragraphs[0].qas, got undefined",
  ],
  ["article.json", '{"data": [{"paragraphs": []}, 3]}', ": expected an object as data[1], got number 3"],
  [
    "start.json",
    '{"data": [{"paragraphs": [{"context": "c", "qas": [\n{"id": "x", "question": "q", "answers": [{"text": "c", "answer_start": -1}]}]}]}]}',
    ", line 2: expected a character count as data[0].paragraphs[0].qas[0].answers[0].answer_start, got number -1",
  ],
  // CoNLL
  ["no-tag.conll", "EU B-ORG\nrejects\n", ', line 2: expected a word and its tag, got "rejects"'],
  ["empty-tag.conll", "EU\tB-ORG\nrejects\t\n", ", line 2: expected a word and its tag"],
  [
    "uneven.conll",
    "EU B-ORG\nNew York B-LOC\n",
    ", line 2: expected 2 columns as in the lines before, got 3",
  ],
  ["sentences.conll", "This is a text.\nSo is this one here.\n", ", line 2: expected 4 columns"],
  // labelled lines
  [
    "no-text.label",
    "DESC:def What is it ?\nDESC:def\n",
    ', line 2: expected a label and a text, got "DESC:def"',
  ],
  ["no-label.txt", "__label__a text\ntext\n", ', line 2: expected __label__NAME and a text, got "text"'],
  // Parquet
  ["text.parquet", "text,label\na,b\n", ': expected a Parquet file, which begins and ends with "PAR1"'],
  ["cut.parquet", "PAR1abcdefghijkl", ': expected a Parquet file, which begins and ends with "PAR1"'],
  ["hollow.parquet", "PAR1\x01\x01\x01\x01PAR1", ": expected a readable Parquet file"],
  ["length.parquet", "PAR1\x01\x01\x01\x01\xff\xff\xff\x7fPAR1", ": expected a readable Parquet file"],
];

/** Files that can be read but hold a row that cannot be used. */
const unusable: readonly [...Case, use: (set: RowSet) => unknown][] = [
  [
    "null-text.jsonl",
    '{"text": "a"}\n{"text": null}\n',
    ", line 2: expected a text as text, got nothing",
    eachRow(textOf, "text"),
  ],
  [
    "no-text.jsonl",
    '{"text": "a"}\n\n{"txt": "b"}\n',
    ", line 3: expected a text as text, got nothing",
    eachRow(textOf, "text"),
  ],
  [
    "object-text.jsonl",
    '{"text": {"ja": "a"}}\n',
    ", line 1: expected a text as text, got an object",
    eachRow(textOf, "text"),
  ],
  [
    "no-label.csv",
    "text,label\na,b\nc,\n",
    ", line 3: expected a label as label, got nothing",
    eachRow(labelOf, "label"),
  ],
  [
    "number.csv",
    "text,score\na,1.5\nc,high\n",
    ', line 3: expected a number as score, got string "high"',
    eachRow(labelNumberOf, "score"),
  ],
  [
    "infinite.csv",
    "text,score\na,Infinity\n",
    ", line 2: expected a number as score",
    eachRow(labelNumberOf, "score"),
  ],
  [
    "tags.jsonl",
    '{"words": ["a", "b"], "tags": ["O"]}\n',
    ", line 1: expected 2 tags, one a word, got 1",
    eachRow(taggedWordsOf, { words: "words", tags: "tags" }),
  ],
  [
    "words.jsonl",
    '{"words": "a b", "tags": []}\n',
    ', line 1: expected an array of texts as words, got string "a b"',
    eachRow(taggedWordsOf, { words: "words", tags: "tags" }),
  ],
  [
    "word.jsonl",
    '{"words": ["a", null], "tags": ["O", "O"]}\n',
    ", line 1: expected a text as words[1], got nothing",
    eachRow(taggedWordsOf, { words: "words", tags: "tags" }),
  ],
  [
    "outside.jsonl",
    '{"text": "雨", "entities": [{"span": [0, 5], "type": "x"}]}\n',
    ", line 1: expected a place within the text's 1 characters, got 5",
    eachRow(entitySpansOf, { text: "text", entities: "entities" }),
  ],
  [
    "hollow.jsonl",
    '{"text": "雨", "entities": [{"span": [1, 1], "type": "x"}]}\n',
    ", line 1: expected an entity of some length, got 1 to 1",
    eachRow(entitySpansOf, { text: "text", entities: "entities" }),
  ],
  [
    "name.jsonl",
    '{"text": "雨と雪", "entities": [{"name": "雪", "span": [0, 1], "type": "x"}]}\n',
    ', line 1: expected "雪" at 0 to 1, got "雨"',
    eachRow(entitySpansOf, { text: "text", entities: "entities" }),
  ],
  [
    "overlap.jsonl",
    '{"text": "abc", "entities": [[0, 2, "x"], [1, 3, "y"]]}\n',
    ', line 1: expected entities apart from one another, got "ab" and "bc" overlapping',
    eachRow(entitySpansOf, { text: "text", entities: "entities" }),
  ],
  [
    "form.jsonl",
    '{"text": "abc", "entities": [{"type": "x"}]}\n',
    ", line 1: expected an entity such as",
    eachRow(entitySpansOf, { text: "text", entities: "entities" }),
  ],
  [
    "answer.jsonl",
    '{"context": "雨は水", "answers": {"text": ["水"], "answer_start": [0]}}\n',
    ', line 1: expected the answer "水" at 0 of the context, got "雨"',
    eachRow(answersOf, { context: "context", answers: "answers" }),
  ],
  [
    "answer-far.jsonl",
    '{"context": "雨", "answers": [{"text": "水", "answer_start": 9}]}\n',
    ", line 1: expected a place within the text's 1 characters, got 9",
    eachRow(answersOf, { context: "context", answers: "answers" }),
  ],
  [
    "answer-form.jsonl",
    '{"context": "雨", "answers": ["水"]}\n',
    ", line 1: expected answers such as",
    eachRow(answersOf, { context: "context", answers: "answers" }),
  ],
  [
    "answer-uneven.jsonl",
    '{"context": "雨", "answers": {"text": ["雨"], "answer_start": []}}\n',
    ", line 1: expected answers such as",
    eachRow(answersOf, { context: "context", answers: "answers" }),
  ],
  [
    "choice.jsonl",
    '{"choices": ["a", "b"], "label": 2}\n',
    ", line 1: expected one of 2 choices as label, got 2",
    eachRow(choicesOf, { choices: ["choices"], label: "label" }),
  ],
  [
    "one-choice.jsonl",
    '{"choices": ["a"], "label": 0}\n',
    ", line 1: expected at least two choices, got 1",
    eachRow(choicesOf, { choices: ["choices"], label: "label" }),
  ],
  [
    "no-choices.jsonl",
    '{"choices": "a b", "label": 0}\n',
    ", line 1: expected an array of texts as choices",
    eachRow(choicesOf, { choices: ["choices"], label: "label" }),
  ],
  [
    "unknown.csv",
    "text,label\na,b\n",
    ': expected a column "txet", got text, label',
    (set) => guessColumns("text-classification", set, { text: "txet" }),
  ],
  [
    "no-question.jsonl",
    '{"context": "c"}\n',
    ": expected a column for the question, got context",
    (set) => guessColumns("question-answering", set),
  ],
  [
    "no-words.jsonl",
    '{"a": 1}\n',
    ": expected a column for the words, got a",
    (set) => guessColumns("token-classification", set),
  ],
];

function eachRow<Columns>(
  use: (set: RowSet, row: RowSet["rows"][number], columns: Columns) => unknown,
  columns: Columns,
): (set: RowSet) => void {
  return (set) => {
    for (const row of set.rows) use(set, row, columns);
  };
}

async function failure(work: () => Promise<unknown>): Promise<TsugikiError> {
  try {
    await work();
  } catch (error) {
    return error as TsugikiError;
  }
  throw new assert.AssertionError({ message: "it was accepted" });
}

function check(error: TsugikiError, path: string, message: string): void {
  assert.match(error.name, /^(FileError|DataError)$/, String(error.stack));
  assert.ok(error.message.startsWith(path + message), `expected ${path + message}, got ${error.message}`);
}

describe("malformed data files", () => {
  for (const [name, content, message] of unreadable) {
    test(`${name}${message}`, async () => {
      const path = join(folder, name);
      writeFileSync(path, content, typeof content === "string" ? { encoding: encodingOf(name) } : {});
      check(await failure(() => readRows(path)), path, message);
    });
  }

  for (const [name, content, message, use] of unusable) {
    test(`${name}${message}`, async () => {
      const path = join(folder, `row-${name}`);
      writeFileSync(path, content);
      const set = await readRows(path);
      const error = await failure(async () => use(set));
      check(error, path, message);
      assert.ok(error.hint, "a hint");
    });
  }

  test("a file that is not there, and a folder", async () => {
    const path = join(folder, "few.cvs");
    const missing = await failure(() => readRows(path));
    check(missing, path, ": expected a data file, found none");
    assert.equal(missing.hint, "did you mean few.csv?");
    check(await failure(() => readRows(folder)), folder, ": expected a data file, got a folder");
  });
});

/** Parquet's bytes are written here as characters below 256. */
function encodingOf(name: string): BufferEncoding {
  return name.endsWith(".parquet") ? "latin1" : "utf8";
}
