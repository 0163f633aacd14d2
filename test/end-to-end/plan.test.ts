import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  fineTune,
  forecastPretraining,
  forecastRun,
  forecastTraining,
  type PlanOptions,
  pretrain,
  train,
} from "../../src/workflows/index.js";
import { type TinyWorld, tinyConfig, tinyRows, tinyWorld } from "./tiny-model.js";

function optionsOf({ model, train, validation, path }: TinyWorld): PlanOptions {
  return { model, train, validation, outputDirectory: path("run"), batchSize: 8, epochs: 2, threads: 1 };
}

describe("what a run takes is forecast", () => {
  test("steps, parameters and disk as the run then has them; nothing is written", async (t) => {
    const world = await tinyWorld(t);
    const options = { ...optionsOf(world), saveTotalLimit: 2 };
    const forecast = await forecastRun(options);
    assert.ok(!existsSync(options.outputDirectory));
    const { stepCount, stepsPerEpoch, evaluationCount, memory, disk, time } = forecast;
    assert.deepEqual(
      { stepCount, stepsPerEpoch, evaluationCount },
      { stepCount: 12, stepsPerEpoch: 6, evaluationCount: 3 },
    );
    assert.equal(memory.parameters, 4 * forecast.parameterCount);
    assert.equal(memory.gradients, 4 * forecast.trainedCount);
    assert.equal(memory.optimizerState, 8 * forecast.trainedCount);
    assert.ok(memory.training > 0 && memory.evaluation > 0 && memory.peak > memory.training);
    assert.ok(time !== undefined && time.training > 0 && time.evaluation > 0);
    assert.equal(forecast.fits, true);

    const run = await fineTune(options);
    assert.equal(run.steps, stepCount);
    const names = await readdir(options.outputDirectory);
    const checkpoints = names.filter((name) => name.startsWith("checkpoint-"));
    assert.equal(checkpoints.length, 2);
    const sizes = await Promise.all(
      ["model.safetensors", "optimizer.safetensors"].map((name) =>
        stat(join(options.outputDirectory, checkpoints[0]!, name)),
      ),
    );
    const actual = sizes.reduce((sum, { size }) => sum + size, 0);
    assert.ok(Math.abs(disk.checkpoint - actual) < 0.1 * actual, `${disk.checkpoint} of ${actual}`); // headers
  });

  test("of a training from scratch: steps and disk as the run then has them", async (t) => {
    const world = await tinyWorld(t);
    const { model, ...rest } = optionsOf(world);
    const { architectures: _, ...architecture } = tinyConfig();
    await writeFile(world.path("model.json"), JSON.stringify(architecture));
    const options = { ...rest, architecture: world.path("model.json"), tokenizer: model };
    const forecast = await forecastTraining(options);
    const run = await train(options);
    assert.deepEqual([run.steps, run.plan.stepsPerEpoch], [forecast.stepCount, forecast.stepsPerEpoch]);
    const { size } = await stat(join(options.outputDirectory, "model.safetensors"));
    assert.ok(Math.abs(forecast.disk.model - size) < 0.1 * size, `${forecast.disk.model} of ${size}`);
    assert.ok(forecast.time!.training > 0);
    const least = await forecastTraining({ ...options, memory: 1 });
    assert.deepEqual([least.fits, least.sizes.batchSize], [false, 1]);
  });

  for (const objective of ["masked-lm", "replaced-tokens"] as const)
    test(`of pre-training by ${objective}: steps, evaluations and disk as the run then has them`, async (t) => {
      const world = await tinyWorld(t);
      const { architectures: _, ...architecture } = tinyConfig({ model_type: "electra", embedding_size: 16 });
      await writeFile(world.path("model.json"), JSON.stringify(architecture));
      await writeFile(
        world.path("text.txt"),
        tinyRows(300, 5)
          .map(({ text }) => text)
          .join("\n\n"),
      );
      const options = {
        ...{ architecture: world.path("model.json"), tokenizer: world.model, objective },
        ...{ train: [world.path("text.txt")], validationSplit: 0.1, outputDirectory: world.path("run") },
        ...{ maxLength: 20, batchSize: 4, epochs: 1, evaluateEvery: 8, saveEvery: 8, threads: 1 },
      };
      const forecast = await forecastPretraining(options);
      assert.ok(!existsSync(options.outputDirectory));
      assert.equal(forecast.task, objective);
      const { memory, disk, time } = forecast;
      assert.ok(memory.training > 0 && memory.evaluation > 0 && time!.training > 0 && time!.evaluation > 0);
      assert.equal(memory.parameters, 4 * forecast.parameterCount);

      let trials = 0;
      const run = await pretrain(options, { events: { evaluation: () => trials++ } });
      assert.deepEqual([run.steps, run.plan.stepsPerEpoch], [forecast.stepCount, forecast.stepsPerEpoch]);
      assert.equal(trials + 1, forecast.evaluationCount); // and the finished model
      const sizesOf = (folder: string, names: readonly string[]): Promise<number[]> =>
        Promise.all(
          names.map(async (name) => (await stat(join(options.outputDirectory, folder, name))).size),
        );
      const total = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b);
      const numbers = ["tokens.bin", "begins.bin", "documents.bin"];
      assert.equal(disk.corpus, total(await sizesOf("corpus/train", numbers)));
      const checkpoints = (await readdir(options.outputDirectory)).filter((name) => /^checkpoint/.test(name));
      const checkpoint = total(
        await sizesOf(checkpoints[0]!, ["model.safetensors", "optimizer.safetensors"]),
      );
      assert.ok(
        Math.abs(disk.checkpoint - checkpoint) < 0.15 * checkpoint,
        `${disk.checkpoint} of ${checkpoint}`,
      );

      const least = await forecastPretraining({ ...options, memory: 1 });
      assert.deepEqual([least.fits, least.sizes.batchSize], [false, 1]);
      assert.ok(least.memory.training < memory.training);
    });

  test("into less memory fit smaller batches of the same effect, or the way out is told", async (t) => {
    const world = await tinyWorld(t);
    const options = optionsOf(world);
    const whole = await forecastRun(options);
    const least = await forecastRun({ ...options, memory: 1 });
    assert.equal(least.fits, false);
    assert.equal(least.sizes.batchSize, 1);
    assert.ok(least.cheaper.length > 0 && least.memory.training < whole.memory.training);
    const same = await forecastRun({ ...options, memory: 1e12 });
    assert.deepEqual(same.sizes, whole.sizes);
    assert.equal(same.limit, 1e12);
  });

  test("gradients that are added up, frozen parts and eight bits change what is held", async (t) => {
    const world = await tinyWorld(t, { config: { intermediate_size: 160 } });
    const options = optionsOf(world);
    const plain = await forecastRun(options);
    const accumulated = await forecastRun({ ...options, accumulationSteps: 2 });
    assert.equal(accumulated.memory.gradients, 2 * plain.memory.gradients);
    const small = await forecastRun({ ...options, optimizerState: "int8" });
    assert.ok(small.memory.optimizerState < plain.memory.optimizerState);
    const frozen = await forecastRun({ ...options, freezeLayers: "all" });
    assert.ok(frozen.trainedCount < plain.trainedCount && frozen.memory.training < plain.memory.training);
    const recomputed = await forecastRun({ ...options, gradientCheckpointing: true });
    assert.ok(recomputed.memory.training < plain.memory.training);
  });
});
