import assert from "node:assert/strict";
import { test } from "node:test";
import { smooth, thin } from "./smooth.js";

const points = [1, 2, 3, 4, 5, 6].map((step) => ({ step, value: step * step }));

test("thinning keeps few points as they are and averages neighbours of many", () => {
  assert.equal(thin(points, 6), points);
  assert.deepEqual(thin(points, 2), [
    { step: 2, value: 14 / 3 },
    { step: 5, value: 77 / 3 },
  ]);
});

test("smoothing takes as many on either side as there are", () => {
  const line = points.map(({ step }) => ({ step, value: 10 - step }));
  assert.deepEqual(smooth(line, 2), line, "a straight line stays one, up to its ends");
  assert.deepEqual(smooth(points, 1)[1], { step: 2, value: 14 / 3 });
  assert.deepEqual(smooth(points, 1)[0], points[0]);
});
