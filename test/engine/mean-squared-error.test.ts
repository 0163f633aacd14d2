import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32 } from "../../src/base/tensor.js";
import { gradient } from "../../src/engine/autodiff/gradient.js";
import type { Value } from "../../src/engine/graph/graph.js";
import { input } from "../../src/engine/graph/value.js";
import { meanSquaredError } from "../../src/engine/ops/mean-squared-error.js";
import { mean } from "../../src/engine/ops/reduction.js";
import { referenceRuntime } from "../../src/engine/runtimes/reference.js";

async function evaluate(
  value: Value,
  feeds: Readonly<Record<string, readonly number[][]>>,
): Promise<number[]> {
  const program = await referenceRuntime().compile(new Map([["y", value]]));
  const tensors = Object.entries(feeds).map(
    ([name, rows]) => [name, float32([rows.length, rows[0]!.length], rows.flat())] as const,
  );
  return [...((await program.run(new Map(tensors))).get("y")!.data as Float64Array)];
}

describe("means over sizes that only the feeds tell", () => {
  const x = input("x", ["batch", 2]);
  const y = input("y", ["batch", 2]);

  test("the mean of a batch is over its rows", async () => {
    const rows = [
      [1, 10],
      [3, 20],
      [8, 60],
    ];
    assert.deepEqual(await evaluate(mean(x, [0]), { x: rows }), [4, 30]);
    assert.deepEqual(await evaluate(mean(x), { x: rows }), [17]);
  });

  test("the squared error is averaged over all elements, whatever the batch", async () => {
    const loss = meanSquaredError(x, y);
    assert.deepEqual(loss.shape, []);
    assert.deepEqual(await evaluate(loss, { x: [[1, 2]], y: [[3, 2]] }), [2]);
    const two = {
      x: [
        [1, 2],
        [0, 0],
      ],
      y: [
        [3, 2],
        [0, 4],
      ],
    };
    assert.deepEqual(await evaluate(loss, two), [5]);
    const [dx] = gradient(loss, [x]); // 2 (x - y) / 4
    assert.deepEqual(await evaluate(dx!, two), [-1, 0, 0, -2]);
  });
});
