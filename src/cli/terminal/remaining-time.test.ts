import assert from "node:assert/strict";
import { test } from "node:test";
import { remainingTime } from "./remaining-time.js";

test("extrapolates what was done since the first call", () => {
  let now = 5000;
  const left = remainingTime(() => now);
  assert.equal(left(500, 600), undefined, "nothing was measured yet");
  now += 2000;
  assert.equal(left(520, 600), 8); // 20 steps in 2 s, 80 remain
  now += 4000;
  assert.equal(left(600, 600), 0);
});
