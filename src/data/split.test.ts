import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Random } from "../base/index.js";
import { findDuplicates, findOverlap, rowKey, splitRows } from "./index.js";

describe("validation split", () => {
  test("sets rows aside, each once, in order, the same for the same seed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        (count, fraction, seed, labelCount) => {
          const rows = Array.from({ length: count }, (_, i) => i);
          const label = (row: number) => String((row * 7) % labelCount);
          const { train, validation } = splitRows(rows, fraction, new Random(seed), label);
          assert.deepEqual(
            [...train, ...validation].sort((a, b) => a - b),
            rows,
          );
          assert.deepEqual(
            train,
            [...train].sort((a, b) => a - b),
          );
          assert.deepEqual(
            validation,
            [...validation].sort((a, b) => a - b),
          );
          assert.deepEqual(splitRows(rows, fraction, new Random(seed), label), { train, validation });
          const labels = new Set(rows.map(label));
          assert.deepEqual(new Set(train.map(label)), labels, "every label stays in training");
        },
      ),
    );
  });

  test("keeps the share of each label", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? "rare" : i % 2 === 0 ? "a" : "b"));
    const { validation } = splitRows(rows, 0.1, new Random(1), (row) => row);
    const count = (label: string) => validation.filter((row) => row === label).length;
    assert.deepEqual([validation.length, count("rare"), count("a"), count("b")], [100, 10, 40, 50]);
  });

  test("differs by seed", () => {
    const rows = Array.from({ length: 100 }, (_, i) => i);
    const first = splitRows(rows, 0.2, new Random(1)).validation;
    assert.equal(first.length, 20);
    assert.notDeepEqual(splitRows(rows, 0.2, new Random(2)).validation, first);
  });

  test("needs a share between 0 and 1, and two rows", () => {
    assert.throws(() => splitRows([1, 2], 1, new Random(1)), /expected a share between 0 and 1, got 1/);
    assert.throws(() => splitRows([1, 2], Number.NaN, new Random(1)), /got NaN/);
    assert.throws(() => splitRows([1], 0.5, new Random(1)), /expected at least 2 rows, got 1/);
  });
});

describe("overlap", () => {
  test("of training and validation, and within training", () => {
    assert.deepEqual(findOverlap(["a", "b", "a"], ["c", "a", "b", "a"]), [
      { first: 0, again: 1 },
      { first: 1, again: 2 },
      { first: 0, again: 3 },
    ]);
    assert.deepEqual(findDuplicates(["a", "b", "a", "a"]), [
      { first: 0, again: 2 },
      { first: 0, again: 3 },
    ]);
  });

  test("of pairs compares both texts", () => {
    assert.notEqual(rowKey("a", "bc"), rowKey("ab", "c"));
    assert.notEqual(rowKey("a"), rowKey("a", ""));
  });
});
