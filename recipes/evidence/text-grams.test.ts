import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { learnGrams } from "./text-grams.js";

describe("n-grams", () => {
  const rows = [
    { text: "A cat", label: "x" },
    { text: "a CAT sat", label: "x" },
    { text: "dogs", label: "y" },
  ];

  test("of one row alone are left out, case and width are none", () => {
    const grams = learnGrams(rows);
    const [first, wide] = [grams.of(rows[0]!), grams.of({ text: "ａ ｃａｔ", label: "x" })];
    assert.deepEqual(first, wide);
    // " ", "a", "c", "t", " a", "a ", ... of " a cat ", and the words "a", "cat", "a cat"
    assert.ok(first.columns.length > 15);
    assert.equal(grams.of({ text: "zz", label: "y" }).columns.length, 1); // the space that all texts begin with
  });

  test("weigh what rows seldom have more, and a row is of length 1", () => {
    const { columns, values } = learnGrams(rows).of(rows[0]!);
    const squares = Array.from(values, (value) => value ** 2).reduce((sum, square) => sum + square, 0);
    assert.ok(Math.abs(squares - 1) < 1e-12);
    assert.equal(columns.length, values.length);
  });

  test("of a pair are told apart by their side, and those of both stand once more", () => {
    const pairs = [
      { text: "cat", pair: "cat", label: "x" },
      { text: "cat", pair: "dog", label: "y" },
      { text: "cat", pair: "cat dog", label: "x" },
    ];
    const grams = learnGrams(pairs);
    const same = new Set(grams.of(pairs[0]!).columns as Int32Array);
    const other = new Set(grams.of(pairs[1]!).columns as Int32Array);
    assert.ok([...same].some((column) => !other.has(column)));
    assert.ok([...other].some((column) => !same.has(column)));
  });
});
