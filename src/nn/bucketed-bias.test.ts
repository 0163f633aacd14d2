import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { distanceBuckets } from "./bucketed-bias.js";

describe("distanceBuckets", () => {
  // how many distances in a row each bucket has, counted from the farthest key behind; from transformers' T5
  test("both ways, 32 buckets up to 128", () => {
    const counts = countsOf(distanceBuckets({ bucketCount: 32, maxDistance: 128, bothWays: true }));
    const widths = [38, 27, 18, 14, 9, 7, 4, 4, ...Array<number>(7).fill(1)]; // of buckets 15 to 1
    const behind = widths.map((width, i) => [15 - i, width]);
    const ahead = widths.map((width, i) => [31 - i, width]).reverse();
    assert.deepEqual(counts, [...behind, [0, 1], ...ahead]);
  });

  test("to the past alone, 32 buckets up to 128", () => {
    const counts = countsOf(distanceBuckets({ bucketCount: 32, maxDistance: 128, bothWays: false }));
    const widths = [16, 14, 12, 10, 10, 8, 7, 6, 6, 5, 4, 4, 3, 3, 2, 3, ...Array<number>(15).fill(1)];
    assert.deepEqual(counts, [...widths.map((width, i) => [31 - i, width]), [0, 129]]);
  });
});

/** `[7, 7, 2]` is `[[7, 2], [2, 1]]`. */
function countsOf(values: readonly number[]): [number, number][] {
  const counts: [number, number][] = [];
  for (const value of values) {
    const last = counts.at(-1);
    if (last?.[0] === value) last[1]++;
    else counts.push([value, 1]);
  }
  return counts;
}
