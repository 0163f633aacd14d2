import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { packedBatches, packRows, rowLengthFor, widthOf } from "./packing.js";

describe("packing", () => {
  test("the longest first, each where the least room is left", () => {
    assert.deepEqual(packRows([5, 3, 3, 2], 8), [
      [0, 1],
      [2, 3],
    ]);
    assert.deepEqual(packRows([2, 6, 4, 3], 8), [
      [1, 0],
      [2, 3],
    ]);
    assert.deepEqual(packRows([], 8), []);
  });

  test("a text longer than a row has a row of its own", () => {
    assert.deepEqual(packRows([12, 3], 8), [[0], [1]]);
  });

  test("each text is in one row, no row is overfull, and no two rows could be one", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 20, max: 50 }), (lengths, rowLength) => {
        const rows = packRows(lengths, rowLength);
        assert.deepEqual(
          rows.flat().sort((a, b) => a - b),
          lengths.map((_, i) => i),
        );
        const sums = rows.map((row) => row.reduce((sum, text) => sum + lengths[text]!, 0));
        assert.ok(sums.every((sum) => sum <= rowLength));
        const [least, next] = sums.toSorted((a, b) => a - b);
        if (next !== undefined) assert.ok(least! + next > rowLength);
      }),
    );
  });

  test("rows grow for texts of unlike lengths, and not for texts of one length", () => {
    const limits = { maxLength: 128, hiddenSize: 384 };
    assert.equal(rowLengthFor(new Array(32).fill(25), limits), 25);
    assert.ok(rowLengthFor([60, 41, 40, 39, 38, 37, 36, 35], limits) > 60);
    assert.equal(rowLengthFor([60, 41, 40, 39], { ...limits, maxLength: 60 }), 60);
    assert.equal(rowLengthFor([7], limits), 7);
  });

  test("batches are whole rows", () => {
    const lengths = [5, 3, 3, 2, 8];
    const batches = packedBatches(lengths, 8, 2);
    assert.deepEqual(batches, [Uint32Array.of(4, 0, 1), Uint32Array.of(2, 3)]);
    const rows = packRows([8, 5, 3], 8);
    assert.equal(widthOf([8, 5, 3], rows), 8);
  });
});
