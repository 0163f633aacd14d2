import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../base/index.js";
import { fieldsOf } from "../formats/row.js";
import { labelKindOf, labelNamesOf, labelNumberOf, labelOf, labelsOf, type RowSet } from "./index.js";

const setOf = (...labels: Json[]): RowSet => ({
  path: "a.jsonl",
  format: "jsonl",
  columns: ["label"],
  rows: labels.map((label, i) => ({ fields: fieldsOf(["label"], [label]), line: i + 1 })),
  skipped: [],
});

describe("labels", () => {
  test("are classes, several classes, or numbers on a scale", () => {
    assert.equal(labelKindOf(setOf("a", "b"), "label"), "class");
    assert.equal(labelKindOf(setOf(0, 1, -1), "label"), "class");
    assert.equal(labelKindOf(setOf("1", "2"), "label"), "class");
    assert.equal(labelKindOf(setOf("1", ["2"]), "label"), "several");
    assert.equal(labelKindOf(setOf(0, 3.8), "label"), "number");
    assert.equal(labelKindOf(setOf("5.0", "0"), "label"), "number");
    assert.equal(labelKindOf(setOf("v1.0", "2"), "label"), "class");
  });

  test("are read as text or number", () => {
    const set = setOf(1, " CSS ", true, "2.5", ["a", 2], null);
    const at = (i: number) => set.rows[i]!;
    assert.equal(labelOf(set, at(0), "label"), "1");
    assert.equal(labelOf(set, at(1), "label"), "CSS");
    assert.equal(labelOf(set, at(2), "label"), "true");
    assert.equal(labelNumberOf(set, at(3), "label"), 2.5);
    assert.deepEqual(labelsOf(set, at(4), "label"), ["a", "2"]);
    assert.deepEqual(labelsOf(set, at(5), "label"), []);
    assert.deepEqual(labelsOf(set, at(1), "label"), ["CSS"]);
  });

  test("have one order, whichever comes first", () => {
    assert.deepEqual(labelNamesOf(["10", "-1", "2", "10"]), ["-1", "2", "10"]);
    assert.deepEqual(labelNamesOf(["b", "a", "10"]), ["10", "a", "b"]);
  });
});
