import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../base/index.js";
import { parseJsonFile } from "./json-rows.js";
import { isSquad, readSquad } from "./squad.js";

const document = `{"version": "v2.0", "data": [
 {"title": "雨", "paragraphs": [
  {"context": "雨は水。", "qas": [
   {"id": "q1", "question": "雨は?", "answers": [{"text": "水", "answer_start": 2}], "is_impossible": false},
   {"id": "q2", "question": "雪は?", "answers": [], "is_impossible": true}]}]},
 {"paragraphs": [{"context": "c", "qas": [{"id": 7,
   "question": "q"}]}]}]}`;

const read = (text: string) => {
  const value = parseJsonFile(text, "a.json") as JsonObject;
  return isSquad(value) ? readSquad(value, text, "a.json") : undefined;
};

describe("SQuAD", () => {
  test("a row a question, with the line of its id", () => {
    const { rows } = read(document)!;
    assert.deepEqual(
      rows.map((row) => [row.line, row.fields["id"], row.fields["title"], row.fields["is_impossible"]]),
      [
        [4, "q1", "雨", false],
        [5, "q2", "雨", true],
        [5, "7", "", false],
      ],
    );
    assert.equal(rows[0]!.fields["context"], "雨は水。");
    assert.equal(JSON.stringify(rows[0]!.fields["answers"]), '[{"text":"水","answer_start":2}]');
    assert.deepEqual(rows[2]!.fields["answers"], []);
  });

  test("another document is none", () => {
    assert.equal(read('{"data": [{"text": "a"}]}'), undefined);
    assert.equal(read('{"data": []}'), undefined);
  });

  test("errors name the place in the file", () => {
    const broken = (from: string, to: string) => () => read(document.replace(from, to));
    assert.throws(
      broken('"雨は水。"', "5"),
      /^FileError: a\.json: expected text as data\[0\]\.paragraphs\[0\]\.context, got number 5$/,
    );
    assert.throws(
      broken('"answer_start": 2', '"answer_start": "2"'),
      /a\.json, line 4: expected a character count as data\[0\]\.paragraphs\[0\]\.qas\[0\]\.answers\[0\]\.answer_start, got string "2"/,
    );
    assert.throws(
      broken('"question": "雪は?", ', ""),
      /a\.json, line 5: expected text as .*qas\[1\]\.question, got undefined/,
    );
    assert.throws(
      broken('"answers": []', '"answers": 1'),
      /line 5: expected an array as .*answers, got number 1/,
    );
  });
});
