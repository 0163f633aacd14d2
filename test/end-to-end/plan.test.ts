import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fineTune, forecastRun, type PlanOptions } from "../../src/workflows/index.js";
import { type TinyWorld, tinyWorld } from "./tiny-model.js";

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
