import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, Random, type Tensor, toNumbers } from "../base/index.js";
import { input, referenceRuntime, type Value } from "../engine/index.js";
import { distanceRows, relativeDistances, relativeScores, relativeShift } from "./relative-positions.js";

async function numbersOf(value: Value, feeds: ReadonlyMap<string, Tensor> = new Map()): Promise<number[]> {
  const program = await referenceRuntime().compile(new Map([["y", value]]));
  const { dtype, data } = (await program.run(feeds)).get("y")!;
  return [...toNumbers(dtype, data)];
}

describe("relative positions", () => {
  test("distances descend from the length to one more than its opposite", async () => {
    assert.deepEqual(await numbersOf(relativeDistances(3)), [3, 2, 1, 0, -1, -2]);
    assert.deepEqual(await numbersOf(relativeDistances(1)), [1, 0]);
    assert.deepEqual(await numbersOf(relativeDistances(2, 3)), [3, 2, 1, 0, -1]); // one key in front of the queries
  });

  test("distances beyond the reach have the row of the last within it", async () => {
    const rows = distanceRows(relativeDistances(4), 2, (distance) => 10 * distance);
    assert.deepEqual(await numbersOf(rows), [20, 20, 20, 10, 0, -10, -20, -20]);
  });

  test("shifted, a column stands for a key: the distance of query and key in each place", async () => {
    const scores = input("scores", [1, 1, 3, 6]);
    const distances = [3, 2, 1, 0, -1, -2];
    const feeds = new Map([["scores", float32([1, 1, 3, 6], [...distances, ...distances, ...distances])]]);
    assert.deepEqual(await numbersOf(relativeShift(scores), feeds), [0, -1, -2, 1, 0, -1, 2, 1, 0]);
    const behind = input("behind", [1, 1, 2, 5]);
    const more = new Map([["behind", float32([1, 1, 2, 5], [3, 2, 1, 0, -1, 3, 2, 1, 0, -1])]]);
    assert.deepEqual(await numbersOf(relativeShift(behind), more), [1, 0, -1, 2, 1, 0]);
  });

  test("scores are those of each query for the row of its distance from each key", async () => {
    const [batch, heads, length, size] = [2, 2, 3, 4];
    const random = new Random(3);
    const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
    const queries = draw(batch * heads * length * size);
    const rows = draw(2 * length * heads * size);
    const scores = relativeScores(
      input("queries", [batch, heads, length, size]),
      input("rows", [2 * length, heads * size]),
      0.5,
    );
    const got = await numbersOf(
      scores,
      new Map([
        ["queries", float32([batch, heads, length, size], queries)],
        ["rows", float32([2 * length, heads * size], rows)],
      ]),
    );
    for (let i = 0; i < got.length; i++) {
      const [key, query] = [i % length, Math.floor(i / length) % length];
      const head = Math.floor(i / length ** 2) % heads;
      const row = length - (query - key); // distances descend from the length
      let expected = 0;
      for (let k = 0; k < size; k++)
        expected +=
          0.5 * queries[Math.floor(i / length) * size + k]! * rows[(row * heads + head) * size + k]!;
      assert.ok(Math.abs(got[i]! - expected) < 1e-12, `${i}: ${got[i]} against ${expected}`);
    }
  });
});
