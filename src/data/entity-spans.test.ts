import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../base/index.js";
import { fieldsOf } from "../formats/row.js";
import { answersOf, codePointIndex, entitySpansOf, type RowSet } from "./index.js";

const setOf = (first: string, second: Json): RowSet => ({
  path: "a.jsonl",
  format: "jsonl",
  columns: ["text", "spans"],
  rows: [{ fields: fieldsOf(["text", "spans"], [first, second]), line: 1 }],
  skipped: [],
});

describe("places in a text", () => {
  test("are counted in characters outside, in string units inside", () => {
    const indexOf = codePointIndex("a😀b𠮷", "a.jsonl");
    assert.deepEqual([0, 1, 2, 3, 4].map(indexOf), [0, 1, 3, 4, 6]);
    assert.throws(() => indexOf(5), /a\.jsonl: expected a place within the text's 4 characters, got 5/);
    assert.throws(() => indexOf(0.5), /got 0\.5/);
  });
});

describe("entities", () => {
  const read = (text: string, entities: Json) => {
    const set = setOf(text, entities);
    return entitySpansOf(set, set.rows[0]!, { text: "text", entities: "spans" });
  };

  test("are read in their usual forms, in order, behind an emoji too", () => {
    const expected = [
      { type: "人名", start: 2, end: 4 },
      { type: "地名", start: 5, end: 7 },
    ];
    const text = "😀信長と京都";
    assert.deepEqual(
      read(text, [
        { name: "京都", span: [4, 6], type: "地名" },
        { name: "信長", span: [1, 3], type: "人名" },
      ]),
      expected,
    );
    assert.deepEqual(
      read(text, [
        { start: 1, end: 3, label: "人名" },
        { start_offset: 4, end_offset: 6, entity: "地名" },
      ]),
      expected,
    );
    assert.deepEqual(
      read(text, [
        [1, 3, "人名"],
        [4, 6, "地名"],
      ]),
      expected,
    );
    assert.deepEqual(read(text, []), []);
  });
});

describe("answers", () => {
  const read = (context: string, answers: Json) => {
    const set = setOf(context, answers);
    return answersOf(set, set.rows[0]!, { context: "text", answers: "spans" });
  };

  test("are read in SQuAD's form and in the Hub's", () => {
    const expected = [{ text: "水", start: 4, end: 5 }];
    assert.deepEqual(read("😀雨は水", [{ text: "水", answer_start: 3 }]), expected);
    assert.deepEqual(read("😀雨は水", { text: ["水"], answer_start: [3] }), expected);
    assert.deepEqual(read("雨", []), []);
    assert.deepEqual(read("雨", null), []);
  });
});
