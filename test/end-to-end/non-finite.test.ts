import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeModelDirectory } from "../../src/hub/index.js";
import { openModelDirectory } from "../../src/hub/model-directory.js";
import { type FineTuneOptions, fineTune } from "../../src/workflows/index.js";
import { tinyTokenizer, tinyWorld } from "./tiny-model.js";

/** What an error of a kind says. */
async function errorOf(run: Promise<unknown>, name: string): Promise<Error & { hint?: string }> {
  try {
    await run;
  } catch (error) {
    assert.equal((error as Error).name, name, String(error));
    return error as Error;
  }
  throw new assert.AssertionError({ message: `expected a ${name}` });
}

/** Everything in a folder, by name, that is not of this process's log. */
async function contents(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes("/runs/")) files[path] = await readFile(path, "base64");
  }
  return files;
}

describe("a loss that is no number", () => {
  test("ends the run before the weights are touched, and names step and rows", async (t) => {
    const world = await tinyWorld(t);
    const { model, train, validation } = world;
    const options: FineTuneOptions = {
      ...{ model, train, validation, threads: 1, batchSize: 8, optimizer: "sgd", schedule: "constant" },
      ...{ outputDirectory: world.path("run"), maxSteps: 9, saveEvery: 1, saveTotalLimit: 20 },
      ...{ warmupSteps: 0, maxGradientNorm: 0, learningRate: 1e30, keepBest: false },
    };
    const error = await errorOf(fineTune(options), "NonFiniteError");
    const [, step, rows] =
      /^step (\d+): the .*is (?:NaN|-?Infinity), on training examples ([\d, ]+); the weights were not touched$/.exec(
        error.message,
      ) ?? [];
    assert.ok(Number(step) >= 2, error.message);
    assert.equal(rows!.split(", ").length, 8);
    assert.match(error.hint ?? "", /learning-rate/);
    const names = await readdir(options.outputDirectory);
    const checkpoints = names.filter((name) => name.startsWith("checkpoint-")).sort();
    assert.equal(checkpoints.at(-1), `checkpoint-${Number(step) - 1}`);
    for (const name of ["model.safetensors", "config.json", "all_results.json", "README.md"])
      assert.ok(!names.includes(name), `${name} was written`);
    assert.ok(!names.some((name) => name.includes("unfinished")));
    // taken up again it comes to the same end and changes nothing
    const before = await contents(options.outputDirectory);
    const again = await errorOf(fineTune({ ...options, resume: true }), "NonFiniteError");
    assert.equal(again.message, error.message);
    assert.deepEqual(Object.keys(await contents(options.outputDirectory)), Object.keys(before));
    assert.deepEqual(await contents(options.outputDirectory), before);
  });

  test("a poisoned weight: nothing is written", async (t) => {
    const world = await tinyWorld(t);
    const opened = await openModelDirectory(world.model);
    const weights = await opened.readWeights();
    weights.get("encoder.layer.1.output.dense.weight")!.data[5] = Number.NaN;
    const poisoned = world.path("poisoned");
    await writeModelDirectory(poisoned, {
      config: opened.config,
      weights,
      files: tinyTokenizer().toFiles(),
    });
    const { train, validation } = world;
    const outputDirectory = world.path("run");
    const run = fineTune({ model: poisoned, train, validation, outputDirectory, threads: 1, maxSteps: 2 });
    const error = await errorOf(run, "NonFiniteError");
    assert.match(error.message, /^step 1: the loss is NaN, on training examples .*\.\.\.; the weights/);
    assert.deepEqual((await readdir(outputDirectory)).sort(), ["metrics.jsonl", "runs"]);
  });
});
