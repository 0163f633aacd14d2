import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linearScale, ticksAround, ticksWithin, tickText } from "./axis.js";

test("ticks are round numbers", () => {
  assert.deepEqual(ticksWithin(0, 93, 5).values, [0, 20, 40, 60, 80]);
  assert.deepEqual(ticksWithin(0, 1, 1).values, [0, 1]);
  assert.deepEqual(ticksAround(0.17, 0.51, 4).values, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
  assert.deepEqual(ticksAround(0.871, 0.893, 3).values, [0.87, 0.88, 0.89, 0.9]);
  assert.deepEqual(ticksAround(0, 0, 2).values, [-0.5, 0, 0.5]);
  assert.deepEqual(ticksAround(0.8, 0.8000000000000002, 2).values, [0.7, 0.8, 0.9]);
});

test("ticks enclose what they stand for, in even steps, and are never too many", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, value, fc.integer({ min: 2, max: 10 }), (a, b, count) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const { values, step } = ticksAround(low, high, count);
      const slack = step * 1e-6;
      assert.ok(values[0]! <= low + slack && values.at(-1)! >= high - slack);
      assert.ok(
        new Set(values).size === values.length && values.length >= 2 && values.length <= 2 * count + 3,
        `${values.length} ticks`,
      );
    }),
  );
});

test("a tick shows as many decimals as its step has", () => {
  assert.equal(tickText(0.5, 0.1), "0.5");
  assert.equal(tickText(0.9, 0.05), "0.90");
  assert.equal(tickText(1200, 200), "1,200");
  assert.equal(tickText(2e-5, 1e-5), "2.0e-5");
  assert.equal(tickText(0, 1e-5), "0");
});

test("a scale maps its domain's ends to its range's", () => {
  const scale = linearScale([0, 10], [100, 50]);
  assert.deepEqual([scale(0), scale(5), scale(10)], [100, 75, 50]);
});
