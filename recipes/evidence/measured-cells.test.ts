import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { percentCell, pointOf } from "./measured-cells.js";

describe("measured cells", () => {
  test("have mean and deviation in percent, and the number of runs where some are missing", () => {
    assert.equal(percentCell([0.8, 0.9], 2), "85.0 ± 7.1");
    assert.equal(percentCell([0.8, 0.9], 5), "85.0 ± 7.1 (2)");
    assert.equal(percentCell([0.8], 1), "80.0");
    assert.equal(percentCell([], 5), "");
  });

  test("are points with a deviation on each side", () => {
    const point = pointOf([0.25, 0.75])!;
    assert.equal(point.mean, 0.5);
    assert.ok(Math.abs(point.high! - point.low! - 2 * Math.sqrt(0.125)) < 1e-12);
    assert.deepEqual([pointOf([0.5]), pointOf([])], [{ mean: 0.5 }, undefined]);
  });
});
