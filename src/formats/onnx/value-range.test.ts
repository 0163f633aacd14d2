import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scaleOfRange, ValueHistogram } from "./value-range.js";

describe("ranges of 8-bit integers", () => {
  test("zero stands for zero, wherever the numbers lie", () => {
    assert.deepEqual(scaleOfRange({ low: -1, high: 254 }), { scale: 1, zero: 1 });
    assert.deepEqual(scaleOfRange({ low: 5, high: 510 }), { scale: 2, zero: 0 });
    assert.deepEqual(scaleOfRange({ low: -255, high: -3 }), { scale: 1, zero: 255 });
    assert.deepEqual(scaleOfRange({ low: 0, high: 0 }), { scale: 1, zero: 0 });
  });

  test("a few numbers far out are cut off, many are not", () => {
    const numbers = Float32Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 20_000) / 10_000 - 1);
    const rangeWith = (outliers: number): { low: number; high: number } => {
      const all = Float32Array.of(...numbers, ...new Array<number>(outliers).fill(8));
      const histogram = new ValueHistogram({ low: -1, high: 8 });
      histogram.add(all);
      return histogram.nearestRange();
    };
    // cutting one number at c costs (8 - c)^2, keeping it makes 20,000 steps of (c + 1) / 255
    assert.ok(rangeWith(0).high <= 1.1, `${rangeWith(0).high}`);
    const few = rangeWith(1).high;
    assert.ok(few > 6 && few < 7.99, `${few}`);
    assert.ok(rangeWith(2000).high > 7.9);
    assert.ok(rangeWith(1).low < -0.97);
  });
});
