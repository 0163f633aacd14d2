import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, int64, Random, type Tensor, toNumbers } from "../base/index.js";
import { gradient, input, leaves, nameOf, referenceRuntime, type Value } from "../engine/index.js";
import type { ModelOutputs } from "../models/index.js";
import { tagChainFeeds, tagChainLoss } from "./tag-chain.js";

const logits = input("logits", ["batch", "sequence", 3]);
const outputs = { heads: new Map([["logits", logits]]) } as unknown as ModelOutputs;
const loss = tagChainLoss(outputs);
const learnt = [logits, ...leaves([loss], "parameter")];

const length = 5;
/** Words of several tokens, one alone, and a text without a tagged word. */
const texts = [
  { places: [1, 2, 4], tags: [0, 2, 1] },
  { places: [3], tags: [2] },
  { places: [], tags: [] },
];

function float64(shape: readonly number[], data: Float64Array): Tensor {
  return { dtype: "float64", shape, data };
}

async function run(
  values: ReadonlyMap<string, Value>,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<Map<string, Float64Array>> {
  const program = await referenceRuntime().compile(values);
  const results = await program.run(feeds);
  return new Map([...results].map(([name, { dtype, data }]) => [name, toNumbers(dtype, data)]));
}

function drawn(seed: number): Map<string, Tensor> {
  const random = new Random(seed);
  return new Map(
    learnt.map((value) => {
      const shape = value === logits ? [texts.length, length, 3] : (value.shape as number[]);
      const count = shape.reduce((a, b) => a * b, 1);
      return [
        nameOf(value),
        float64(
          shape,
          Float64Array.from({ length: count }, () => random.normal(0, 1)),
        ),
      ];
    }),
  );
}

describe("the loss of tags as a whole", () => {
  test("the gradient is that of central differences", async () => {
    const [point, direction] = [drawn(1), drawn(2)];
    const fed = tagChainFeeds(texts, length, 4);
    const along = (step: number): Map<string, Tensor> =>
      new Map(
        [...point].map(([name, { shape, data }]) => {
          const way = direction.get(name)!.data as Float64Array;
          return [
            name,
            float64(
              shape,
              (data as Float64Array).map((value, i) => value + step * way[i]!),
            ),
          ];
        }),
      );
    const lossAt = async (step: number): Promise<number> =>
      (await run(new Map([["loss", loss]]), new Map([...along(step), ...fed]))).get("loss")![0]!;
    const step = 1e-5;
    const expected = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    const gradients = new Map(gradient(loss, learnt).map((dx, i) => [nameOf(learnt[i]!), dx!]));
    const found = await run(gradients, new Map([...point, ...fed]));
    let slope = 0;
    for (const [name, values] of found)
      slope += values.reduce((sum, value, i) => sum + value * Number(direction.get(name)!.data[i]), 0);
    assert.ok(Math.abs(slope - expected) < 1e-8, `${slope} against ${expected}`);
    assert.equal(found.size, 4);
  });

  test("it is the same however a step is cut into batches, and a text without tags adds nothing", async () => {
    const weights = drawn(3);
    const all = weights.get("logits")!.data as Float64Array;
    const lossOf = async (rows: readonly number[]): Promise<number> => {
      const own = Float64Array.from(rows.flatMap((row) => [...all.subarray(row * 15, (row + 1) * 15)]));
      const fed = tagChainFeeds(
        rows.map((row) => texts[row]!),
        length,
        4,
      );
      const feeds = new Map([
        ...weights,
        ...fed,
        ["logits", float64([rows.length, length, 3], own)],
      ] as const);
      return (await run(new Map([["loss", loss]]), feeds)).get("loss")![0]!;
    };
    const whole = await lossOf([0, 1, 2]);
    const parts = (await lossOf([0])) + (await lossOf([1, 2]));
    assert.ok(Math.abs(whole - parts) < 1e-12);
    assert.equal(await lossOf([2]), 0);
  });

  test("words are fed by their places in the batch, in rows of one length", () => {
    const fed = tagChainFeeds(texts, length, 4);
    assert.deepEqual(fed.get("wordPlaces"), int64([3, 3], [1, 2, 4, 8, 0, 0, 0, 0, 0]));
    assert.deepEqual(fed.get("wordTags"), int64([3, 3], [0, 2, 1, 2, 0, 0, 0, 0, 0]));
    assert.deepEqual(fed.get("wordMask"), int64([3, 3], [1, 1, 1, 1, 0, 0, 0, 0, 0]));
    assert.deepEqual(fed.get("textWeights"), float32([3], [0.25, 0.25, 0]));
  });
});
