import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type FineTuneOptions, fineTune } from "../../src/workflows/index.js";
import { type TinyWorld, tinyWorld } from "./tiny-model.js";

/** The bytes of the model that a run leaves. */
async function trained(world: TinyWorld, name: string, options: Partial<FineTuneOptions>): Promise<Buffer> {
  const { model, train, validation } = world;
  const outputDirectory = world.path(name);
  await fineTune({
    model,
    train,
    validation,
    outputDirectory,
    maxSteps: 6,
    batchSize: 8,
    learningRate: 2e-3,
    ...options,
  });
  return readFile(join(outputDirectory, "model.safetensors"));
}

describe("determinism", () => {
  for (const threads of [1, 2])
    test(`one seed, one model, to the byte (${threads} threads)`, async (t) => {
      const world = await tinyWorld(t);
      const first = await trained(world, "first", { seed: 7, threads });
      const second = await trained(world, "second", { seed: 7, threads });
      assert.ok(first.equals(second), "the same seed gave other bytes");
      const other = await trained(world, "other", { seed: 8, threads });
      assert.ok(!first.equals(other), "another seed gave the same bytes");
    });

  test("the reference runtime too", async (t) => {
    const config = { num_hidden_layers: 1, hidden_size: 8, intermediate_size: 8 };
    const world = await tinyWorld(t, { config, trainRows: 8 });
    const options = { seed: 7, runtime: "reference", maxSteps: 2, batchSize: 4 } as const;
    const first = await trained(world, "first", options);
    assert.ok(first.equals(await trained(world, "second", options)));
  });

  test("evaluation, logging and checkpoints change nothing about what is learnt", async (t) => {
    const world = await tinyWorld(t);
    const plain = await trained(world, "plain", { keepBest: false });
    const busy = await trained(world, "busy", {
      keepBest: false,
      evaluateEvery: 1,
      saveEvery: 2,
      saveTotalLimit: 1,
      logEvery: 1,
    });
    assert.ok(plain.equals(busy));
  });
});
