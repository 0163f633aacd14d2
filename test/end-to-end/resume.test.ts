import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { JsonObject } from "../../src/base/index.js";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { type FineTuneOptions, type FineTuneResult, fineTune } from "../../src/workflows/index.js";
import { type TinyWorld, tinyRows, tinyWorld, writeRows } from "./tiny-model.js";

const settings: Partial<FineTuneOptions> = { batchSize: 8, learningRate: 2e-3, threads: 1, maxSteps: 8 };

function optionsOf(world: TinyWorld, name: string, options: Partial<FineTuneOptions>): FineTuneOptions {
  const { model, train, validation } = world;
  return { model, train, validation, outputDirectory: world.path(name), ...settings, ...options };
}

/** Run until `step` is done, then abort. */
async function runUntil(options: FineTuneOptions, step: number): Promise<FineTuneResult> {
  const stop = new AbortController();
  return fineTune(options, {
    signal: stop.signal,
    events: {
      progress: ({ phase, done }) => (phase === "train" && done === step ? stop.abort() : undefined),
    },
  });
}

/** Run with a stop after each of `steps`, each time resumed. */
async function runInPieces(options: FineTuneOptions, steps: readonly number[]): Promise<void> {
  for (const step of steps) {
    const piece = await runUntil({ ...options, resume: true }, step);
    assert.equal(piece.interrupted, true);
    assert.equal(piece.steps, step);
    assert.equal(piece.checkpoint, join(options.outputDirectory, `checkpoint-${step}`));
  }
  const rest = await fineTune({ ...options, resume: true });
  assert.equal(rest.interrupted, false);
}

/** What a run leaves, but for times: a digest of the model, config, predictions, log, history. */
async function remains(directory: string): Promise<Record<string, string>> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), "utf8");
  const state = JSON.parse(await read("trainer_state.json"));
  const history = state.log_history.map((entry: Record<string, number>) =>
    Object.fromEntries(Object.entries(entry).filter(([key]) => !/_runtime$|_per_second$/.test(key))),
  );
  return {
    model: createHash("sha256")
      .update(await readFile(join(directory, "model.safetensors")))
      .digest("hex"),
    config: await read("config.json"),
    predictions: await read("predictions.jsonl"),
    log: await read("metrics.jsonl"),
    history: JSON.stringify([history, state.best_metric, state.best_global_step, state.global_step]),
  };
}

interface Variant {
  readonly options: Partial<FineTuneOptions>;
  readonly stops: readonly number[];
  readonly config?: JsonObject;
}

const variants: Record<string, Variant> = {
  "at every step, with dropout": { options: {}, stops: [1, 2, 3, 4, 5, 6, 7] },
  "with accumulated gradients, across epochs": {
    options: { accumulationSteps: 4, batchSize: 4, evaluateEvery: 2 },
    stops: [2, 5],
  },
  "with evaluations and checkpoints every N steps, the best kept": {
    options: { evaluateEvery: 2, saveEvery: 3, saveTotalLimit: 1, logEvery: 3, bestMetric: "loss" },
    stops: [1, 4, 5],
  },
  "with the last model kept": { options: { keepBest: false, evaluateEvery: 3 }, stops: [7] },
  "with SGD, cosine, no bucketing": {
    options: { optimizer: "sgd", schedule: "cosine", bucketing: false, learningRate: 0.05 },
    stops: [3],
  },
  "with optimizer states in bf16": { options: { optimizerState: "bf16" }, stops: [2, 5] },
  "with optimizer states in eight bits": {
    options: { optimizerState: "int8" },
    stops: [2, 5],
    config: { intermediate_size: 160 }, // matrices large enough for it
  },
};

describe("a run that is interrupted and resumed ends as the run never interrupted", () => {
  for (const [name, { options, stops, config = {} }] of Object.entries(variants))
    test(name, async (t) => {
      const world = await tinyWorld(t, { config });
      await fineTune(optionsOf(world, "whole", options));
      const expected = await remains(world.path("whole"));
      await runInPieces(optionsOf(world, "pieces", options), stops);
      const got = await remains(world.path("pieces"));
      for (const [what, bytes] of Object.entries(expected)) assert.equal(got[what], bytes, `other ${what}`);
    });

  test("checkpoints hold the optimizer's states as they are kept", async (t) => {
    const world = await tinyWorld(t, { config: { intermediate_size: 160 } });
    const dtypes = async (optimizerState: "fp32" | "bf16" | "int8"): Promise<string[]> => {
      const options = optionsOf(world, `kept-${optimizerState}`, {
        optimizerState,
        maxSteps: 2,
        saveEvery: 2,
      });
      await fineTune(options);
      const file = join(options.outputDirectory, "checkpoint-2", "optimizer.safetensors");
      return [...new Set([...(await readSafetensorsFile(file)).values()].map(({ dtype }) => dtype))].sort();
    };
    assert.deepEqual(await dtypes("fp32"), ["float32"]);
    assert.deepEqual(await dtypes("bf16"), ["bfloat16"]);
    assert.deepEqual(await dtypes("int8"), ["float32", "uint8"]);
  });

  test("with early stopping", async (t) => {
    const world = await tinyWorld(t);
    // a rate at which the loss grows after a while, so that the run stops before its end
    const options: Partial<FineTuneOptions> = {
      ...{ maxSteps: 40, learningRate: 0.05, schedule: "constant" },
      ...{ evaluateEvery: 2, patience: 2, bestMetric: "loss" },
    };
    const whole = await fineTune(optionsOf(world, "whole", options));
    assert.ok(whole.steps < 40 && whole.steps >= 6, `stopped after ${whole.steps} steps`);
    const expected = await remains(world.path("whole"));
    await runInPieces(optionsOf(world, "pieces", options), [1, whole.steps - 1]);
    assert.deepEqual(await remains(world.path("pieces")), expected);
    // stopped runs stay stopped
    const again = await fineTune({ ...optionsOf(world, "pieces", options), resume: true });
    assert.equal(again.steps, whole.steps);
    assert.deepEqual(await remains(world.path("pieces")), expected);
  });

  test("a finished run that is resumed has thresholds found on validation data", async (t) => {
    const world = await tinyWorld(t);
    const several = (rows: ReturnType<typeof tinyRows>): object[] =>
      rows.map(({ text, label }) => ({ text, labels: /film|story/.test(text) ? [label, "art"] : [label] }));
    const train = await writeRows(world.path("several.jsonl"), several(tinyRows(48, 3)));
    const validation = await writeRows(world.path("several-dev.jsonl"), several(tinyRows(20, 4)));
    for (const keepBest of [true, false]) {
      const options = optionsOf(world, `several-${keepBest}`, {
        ...{ train, validation, keepBest, threshold: "auto", learningRate: 1e-3, evaluateEvery: 4 },
      });
      await fineTune(options);
      const expected = await remains(options.outputDirectory);
      const { thresholds } = JSON.parse(expected["config"]!);
      assert.ok(
        thresholds.some((threshold: number) => threshold !== 0.5),
        `thresholds ${thresholds}`,
      );
      await fineTune({ ...options, resume: true });
      assert.deepEqual(await remains(options.outputDirectory), expected);
    }
  });

  test("with a metric that is no number, as a correlation with equal labels is", async (t) => {
    const world = await tinyWorld(t);
    const numbered = (rows: ReturnType<typeof tinyRows>, number: (i: number) => number): object[] =>
      rows.map(({ text }, i) => ({ text, label: number(i) }));
    const train = await writeRows(
      world.path("numbers.jsonl"),
      numbered(tinyRows(48, 3), (i) => (i % 5) / 2),
    );
    const validation = await writeRows(
      world.path("equal.jsonl"),
      numbered(tinyRows(20, 4), () => 1.5),
    );
    const options = { train, validation, evaluateEvery: 2 };
    const whole = await fineTune(optionsOf(world, "whole", options));
    assert.ok(Object.values(whole.metrics).some(Number.isNaN), JSON.stringify(whole.metrics));
    const expected = await remains(world.path("whole"));
    await runInPieces(optionsOf(world, "pieces", options), [3, 5]);
    assert.deepEqual(await remains(world.path("pieces")), expected);
  });

  test("from a checkpoint that is named", async (t) => {
    const world = await tinyWorld(t);
    const options = optionsOf(world, "whole", { saveEvery: 2, saveTotalLimit: 9 });
    await fineTune(options);
    const expected = await remains(options.outputDirectory);
    await fineTune({ ...options, resume: join(options.outputDirectory, "checkpoint-4") });
    assert.deepEqual(await remains(options.outputDirectory), expected);
    const elsewhere = world.path("elsewhere");
    await fineTune({
      ...options,
      outputDirectory: elsewhere,
      resume: join(options.outputDirectory, "checkpoint-6"),
    });
    assert.deepEqual(await remains(elsewhere), expected);
  });
});

describe("resuming is refused where it could not be exact", () => {
  test("changed data, tokenizer, options, threads, model; the error says which", async (t) => {
    const world = await tinyWorld(t);
    const options = optionsOf(world, "run", { saveEvery: 2 });
    await runUntil(options, 3);
    const moreRows = await writeRows(world.path("more.jsonl"), tinyRows(49, 11));
    const otherRows = await writeRows(world.path("other.jsonl"), tinyRows(48, 13));
    const otherDev = await writeRows(world.path("other-dev.jsonl"), tinyRows(20, 13));
    const changes: [RegExp, Partial<FineTuneOptions>][] = [
      [/changed since are training data/, { train: moreRows }],
      [/changed since are training data/, { train: otherRows }],
      [/changed since are validation data/, { validation: otherDev }],
      [/changed since are [^;]*options/, { learningRate: 1e-3 }],
      [/changed since are [^;]*options/, { seed: 43 }],
      [/changed since are [^;]*options/, { batchSize: 16 }],
      [/changed since are runtime .*1 thread.*2 threads/, { threads: 2 }],
      [/changed since are [^;]*tokenizer/, { newTokens: ["tsugiki"] }],
    ];
    const before = await readFile(world.path("run/checkpoint-3/model.safetensors"));
    for (const [message, change] of changes)
      await assert.rejects(fineTune({ ...options, ...change, resume: true }), (error: Error) => {
        assert.equal(error.name, "OptionError");
        assert.match(error.message, message);
        return true;
      });
    assert.ok(before.equals(await readFile(world.path("run/checkpoint-3/model.safetensors"))));
    await fineTune({ ...options, resume: true, logEvery: 1, saveTotalLimit: 5 }); // change nothing that is learnt
  });

  test("a folder that is no checkpoint; a damaged one", async (t) => {
    const world = await tinyWorld(t);
    const options = optionsOf(world, "run", {});
    await assert.rejects(fineTune({ ...options, resume: world.model }), /expected a checkpoint/);
    await runUntil(options, 2);
    const path = world.path("run/checkpoint-2/optimizer.safetensors");
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 100));
    await assert.rejects(
      fineTune({ ...options, resume: true }),
      (error: Error) => error.name === "FileError" && error.message.includes(path),
    );
  });
});
