import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { placeRows } from "./place-rows.js";

describe("placeRows", () => {
  test("each row stays for one successor", () => {
    assert.deepEqual(placeRows([1, 1]), { rows: [1, 0], copies: [[1, 0]] });
    assert.deepEqual(placeRows([2, 0, 1]), { rows: [2, 0, 1], copies: [] });
  });

  test("rows can become more and fewer", () => {
    assert.deepEqual(placeRows([0, 0, 0]), {
      rows: [0, 1, 2],
      copies: [
        [0, 1],
        [0, 2],
      ],
    });
    assert.deepEqual(placeRows([3, 1]), { rows: [0, 1], copies: [[3, 0]] });
  });

  test("after the copies each successor's row holds what its parent held", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { minLength: 1, maxLength: 8 }), (parents) => {
        const { rows, copies } = placeRows(parents);
        const state = Array.from({ length: 8 }, (_, row) => row);
        for (const [from, to] of copies) state[to] = state[from]!;
        assert.deepEqual(
          rows.map((row) => state[row]),
          parents,
        );
        assert.deepEqual([...rows].sort(), parents.map((_, i) => i).sort());
        const dead = new Set(parents.map((_, i) => i).filter((row) => !parents.includes(row)));
        assert.equal(copies.length, dead.size);
      }),
    );
  });
});
