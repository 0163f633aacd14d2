import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mean, median, studentQuantile, variance, welchInterval } from "./statistics.js";

describe("statistics", () => {
  test("mean, variance and median of known values", () => {
    assert.equal(mean([1, 2, 6]), 3);
    assert.equal(variance([1, 2, 6]), 7);
    assert.equal(variance([4]), 0);
    assert.equal(median([6, 1, 2]), 2);
    assert.equal(median([6, 1, 2, 4]), 3);
  });

  test("Student's quantiles are those of scipy.stats.t.ppf", () => {
    const expected: [number, number, number][] = [
      [0.975, 1, 12.706204736174694],
      [0.975, 2.5, 3.5746548420036817],
      [0.975, 4, 2.7764451051977934],
      [0.975, 8, 2.306004135204166],
      [0.95, 30, 1.697260886593957],
      [0.995, 7.3, 3.451031655622185],
    ];
    for (const [probability, degrees, value] of expected) {
      assert.ok(Math.abs(studentQuantile(probability, degrees) / value - 1) < 1e-6, `t(${degrees})`);
    }
  });

  test("Welch's interval is that of scipy.stats.ttest_ind(equal_var=False)", () => {
    const a = [0.882, 0.8773, 0.8807, 0.8842, 0.879];
    const b = [0.8796, 0.8831, 0.8716, 0.8808, 0.8762];
    const interval = welchInterval(a, b);
    assert.ok(interval !== undefined);
    assert.ok(Math.abs(interval.low + 0.003215789746233509) < 1e-9);
    assert.ok(Math.abs(interval.high - 0.007975789746233385) < 1e-9);
    assert.equal(welchInterval([1], b), undefined);
  });
});
