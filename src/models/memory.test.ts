import assert from "node:assert/strict";
import { test } from "node:test";
import { float32 } from "../base/index.js";
import { emptyMemory, remember } from "./memory.js";

test("the last of what was remembered and reused stays, row by row", () => {
  const before = float32([2, 1, 2, 1], [1, 2, 10, 20]);
  const read = float32([2, 1, 3, 1], [3, 4, 5, 30, 40, 50]);
  const after = (length: number | undefined, reusedLength: number | undefined): number[][] => {
    const { shape, data } = remember(before, read, { length, reusedLength });
    assert.deepEqual([shape[0], shape[1], shape[3]], [2, 1, 1]);
    return [0, 1].map((row) => [...data.subarray(row * shape[2]!, (row + 1) * shape[2]!)]);
  };
  assert.deepEqual(after(3, 2), [
    [2, 3, 4],
    [20, 30, 40],
  ]);
  assert.deepEqual(after(undefined, undefined), [
    [1, 2, 3, 4, 5],
    [10, 20, 30, 40, 50],
  ]);
  assert.deepEqual(after(1, 9), [[5], [50]]);
  const first = remember(emptyMemory(2, 1), read, { length: 4, reusedLength: 1 });
  assert.deepEqual(
    [first.shape, [...first.data]],
    [
      [2, 1, 1, 1],
      [3, 30],
    ],
  );
});
