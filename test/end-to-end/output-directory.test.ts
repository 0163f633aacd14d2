import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { evaluate, type FineTuneOptions, fineTune } from "../../src/workflows/index.js";
import { type TinyWorld, tinyRows, tinyTokenizer, tinyWorld, writeRows } from "./tiny-model.js";

function optionsOf({ model, train, validation, path }: TinyWorld): FineTuneOptions {
  return {
    ...{ model, train, validation, outputDirectory: path("run"), threads: 1 },
    ...{ maxSteps: 4, batchSize: 8, learningRate: 1e-3, logEvery: 1 },
  };
}

/** The objects of a JSONL file. */
// biome-ignore lint/suspicious/noExplicitAny: each test knows what its file holds
async function linesOf(path: string): Promise<any[]> {
  const text = await readFile(path, "utf8");
  assert.ok(text.endsWith("\n"));
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function jsonOf(path: string): Promise<Record<string, never>> {
  return JSON.parse(await readFile(path, "utf8"));
}

describe("what a run leaves", () => {
  test("every file that is promised, each whole", async (t) => {
    const world = await tinyWorld(t);
    const long = { text: `${"the plot ".repeat(20)}good`, label: "praise" };
    const validation = await writeRows(world.path("long.jsonl"), [...tinyRows(11, 5), long]);
    const test = await writeRows(world.path("test.jsonl"), tinyRows(9, 6));
    const options = { ...optionsOf(world), validation, test, maxLength: 20, evaluateEvery: 2 };
    const run = await fineTune(options);
    const path = (name: string): string => join(options.outputDirectory, name);
    for (const file of Object.values(run.files)) assert.ok(existsSync(path(file)), file);

    const train = await jsonOf(path("train_results.json"));
    for (const key of ["epoch", "train_loss", "train_runtime", "train_samples", "train_samples_per_second"])
      assert.equal(typeof train[key], "number", key);
    assert.equal(train["train_samples"], 48);
    const evaluation = await jsonOf(path("eval_results.json"));
    assert.equal(evaluation["eval_accuracy"], run.metrics["accuracy"]);
    assert.equal(evaluation["eval_samples"], 12);
    const tested = await jsonOf(path("test_results.json"));
    assert.equal(tested["test_accuracy"], run.testMetrics!["accuracy"]);
    assert.equal(tested["test_samples"], 9);
    assert.deepEqual(await jsonOf(path("all_results.json")), { ...train, ...evaluation, ...tested });

    const state = await jsonOf(path("trainer_state.json"));
    assert.equal(state["global_step"], 4);
    const history: Record<string, number>[] = state["log_history"]!;
    assert.deepEqual(
      history.map(({ step, eval_loss }) => [step, eval_loss !== undefined]),
      [
        [1, false],
        [2, false],
        [2, true],
        [3, false],
        [4, false],
        [4, true],
      ],
    );
    const log = await linesOf(path("metrics.jsonl"));
    assert.deepEqual(
      log.map((entry) => entry["train/loss"] ?? entry["eval/loss"]),
      history.map((entry) => entry["loss"] ?? entry["eval_loss"]),
    );
    assert.deepEqual(Object.keys(log[0]).sort(), [
      ...["step", "train/epoch", "train/grad_norm", "train/learning_rate", "train/loss"],
    ]);

    const predictions = await linesOf(path("predictions.jsonl"));
    assert.deepEqual(
      predictions.map(({ truncated }) => truncated),
      predictions.map((_, i) => i === 11),
    );
    for (const { probabilities } of predictions) {
      const { praise, blame } = probabilities;
      assert.ok(Math.abs(praise + blame - 1) < 1e-6);
    }

    assert.match(await readFile(path("training.svg"), "utf8"), /^<svg [\s\S]*<\/svg>\s*$/);
    const card = await readFile(path("README.md"), "utf8");
    assert.match(card, /^---\n/);
    assert.ok(card.includes("training.svg") && card.includes("tiny-bert"), "the card tells of the run");
    const record = await jsonOf(path("run.json"));
    assert.equal(record["task"], "text-classification");
    assert.equal(record["options"]!["learningRate"], 1e-3);
    assert.equal(record["options"]!["maxLength"], 20);
    assert.deepEqual(Object.keys(record["fingerprint"]!).sort(), [
      ...["model", "options", "runtime", "tokenizer", "training data", "validation data"],
    ]);
    const config = await jsonOf(path("config.json"));
    assert.deepEqual(config["architectures"], ["BertForSequenceClassification"]);
    assert.deepEqual(config["id2label"], { 0: "blame", 1: "praise" });

    const [folder, ...more] = await readdir(path("runs"));
    assert.deepEqual(more, []);
    const [events] = await readdir(path(`runs/${folder}`));
    const bytes = await readFile(path(`runs/${folder}/${events}`));
    let [offset, count] = [0, 0];
    for (; offset < bytes.length; count++) offset += 12 + Number(bytes.readBigUInt64LE(offset)) + 4;
    assert.equal(offset, bytes.length);
    assert.equal(count, 1 + log.reduce((sum, entry) => sum + Object.keys(entry).length - 1, 0));
  });

  test("as many checkpoints as asked for, the best among them", async (t) => {
    const world = await tinyWorld(t);
    const checkpoints = async (limit: number): Promise<string[]> => {
      const outputDirectory = world.path(`limit-${limit}`);
      // steps so small that nothing moves: the first evaluation stays the best
      await fineTune({
        ...{ ...optionsOf(world), outputDirectory, saveTotalLimit: limit, saveEvery: 1, evaluateEvery: 2 },
        ...{ maxSteps: 6, learningRate: 1e-30, weightDecay: 0 },
      });
      const state = await jsonOf(join(outputDirectory, "trainer_state.json"));
      assert.equal(state["best_global_step"], 2);
      const names = await readdir(outputDirectory);
      return names.filter((name) => name.startsWith("checkpoint-")).sort();
    };
    assert.deepEqual(await checkpoints(1), ["checkpoint-2", "checkpoint-6"]);
    assert.deepEqual(await checkpoints(3), ["checkpoint-2", "checkpoint-5", "checkpoint-6"]);
  });

  test("a folder that holds something is left alone unless overwriting is asked for", async (t) => {
    const world = await tinyWorld(t);
    const options = optionsOf(world);
    await mkdir(options.outputDirectory);
    await writeFile(world.path("run/notes.txt"), "mine");
    const refused = /expected a new or empty folder, got one that holds notes.txt/;
    await assert.rejects(fineTune(options), refused);
    await assert.rejects(fineTune({ ...options, seeds: [1, 2] }), refused);
    assert.deepEqual(await readdir(options.outputDirectory), ["notes.txt"]);
    await fineTune({ ...options, overwrite: true, saveEvery: 1, maxSteps: 6 });
    assert.equal(await readFile(world.path("run/notes.txt"), "utf8"), "mine");
    // the checkpoints of the run that is written over are not those of the new one
    await fineTune({ ...options, overwrite: true, saveEvery: 1, maxSteps: 3, learningRate: 2e-3 });
    const names = (await readdir(options.outputDirectory)).filter((name) => name.startsWith("checkpoint-"));
    assert.ok(names.includes("checkpoint-3") && !names.includes("checkpoint-6"), names.join(" "));
  });

  test("a dry run reports and writes nothing", async (t) => {
    const world = await tinyWorld(t);
    const before = await readdir(world.folder);
    const facts: string[] = [];
    const run = await fineTune(
      { ...optionsOf(world), dryRun: true },
      { events: { data: () => facts.push("data"), model: () => facts.push("model") } },
    );
    assert.equal(run.dryRun, true);
    assert.equal(run.plan.totalSteps, 4);
    assert.deepEqual(facts, ["data", "model"]);
    assert.deepEqual(await readdir(world.folder), before);
  });
});

describe("settings of a run", () => {
  test("maxSteps goes before epochs; epochs may have a fraction", async (t) => {
    const world = await tinyWorld(t);
    const options = optionsOf(world);
    const plan = async (more: Partial<FineTuneOptions>): Promise<number> =>
      (await fineTune({ ...options, dryRun: true, ...more })).plan.totalSteps;
    assert.equal(await plan({ epochs: 100 }), 4);
    const { maxSteps: _, ...unlimited } = options;
    const steps = async (epochs: number, accumulationSteps = 1): Promise<number> =>
      (await fineTune({ ...unlimited, dryRun: true, epochs, accumulationSteps })).plan.totalSteps;
    assert.deepEqual(
      [await steps(2), await steps(0.5), await steps(2, 4), await steps(0.01)],
      [12, 3, 4, 1], // 48 rows are 6 batches
    );
    const run = await fineTune({ ...options, maxSteps: 1 });
    assert.equal(run.steps, 1);
  });

  test("validationSplit sets rows aside, each label its share, the same in every run of a seed", async (t) => {
    const world = await tinyWorld(t);
    const { validation: _, ...options } = optionsOf(world);
    const run = await fineTune({ ...options, validationSplit: 0.25 });
    const record = await jsonOf(join(options.outputDirectory, "run.json"));
    const { train, validation } = record["data"]! as Record<string, { rowCount: number }>;
    assert.deepEqual([train!.rowCount, validation!.rowCount], [36, 12]);
    assert.ok(run.metrics["accuracy"]! >= 0);
    const texts = async (name: string): Promise<string[]> =>
      (await linesOf(world.path(`${name}/predictions.jsonl`))).map(({ text }) => text);
    await fineTune({ ...options, validationSplit: 0.25, outputDirectory: world.path("again") });
    assert.deepEqual(await texts("again"), await texts("run"));
    await fineTune({ ...options, validationSplit: 0.25, outputDirectory: world.path("other"), seed: 1 });
    assert.notDeepEqual(await texts("other"), await texts("run"));
    await assert.rejects(
      fineTune({ ...options, validation: world.validation, validationSplit: 0.5, outputDirectory: "no" }),
      /--validation-split: the run has a validation file already/,
    );
  });

  test("several seeds: the best is kept, mean and spread are told", async (t) => {
    const world = await tinyWorld(t);
    const run = await fineTune({ ...optionsOf(world), seeds: [1, 2, 3], bestMetric: "accuracy" });
    const { seeds } = run;
    assert.deepEqual(seeds!.seeds, [1, 2, 3]);
    const path = (name: string): string => join(run.outputDirectory, name);
    const accuracies = await Promise.all(
      [1, 2, 3].map(async (seed) => (await jsonOf(path(`seed-${seed}/eval_results.json`)))["eval_accuracy"]!),
    );
    const best = Math.max(...accuracies);
    const mean = accuracies.reduce((sum: number, value) => sum + value, 0) / 3;
    const deviation = Math.sqrt(accuracies.reduce((sum: number, value) => sum + (value - mean) ** 2, 0) / 2);
    assert.equal(run.metrics["accuracy"], best);
    assert.equal(accuracies[seeds!.bestSeed - 1], best);
    const { accuracy } = seeds!.metrics;
    assert.ok(Math.abs(accuracy!.mean - mean) < 1e-12);
    assert.ok(Math.abs(accuracy!.deviation! - deviation) < 1e-12);
    const model = await readFile(path("model.safetensors"));
    assert.ok(model.equals(await readFile(path(`seed-${seeds!.bestSeed}/model.safetensors`))));
    assert.deepEqual(await jsonOf(path("seeds.json")), JSON.parse(JSON.stringify(seeds)));
  });

  test("new tokens make the table of embeddings longer, and leave what was there", async (t) => {
    const world = await tinyWorld(t);
    const notes: string[] = [];
    // a step so small that nothing moves
    const still = { optimizer: "sgd", learningRate: 1e-30, weightDecay: 0 } as const;
    await fineTune(
      { ...optionsOf(world), ...still, newTokens: ["tsugiki", "接ぎ木"] },
      { events: { note: (text) => notes.push(text) } },
    );
    assert.ok(notes.includes("2 tokens are not in the checkpoint; their rows begin as the mean of all"));
    const path = world.path("run");
    const before = (await readSafetensorsFile(join(world.model, "model.safetensors"))).get(
      "embeddings.word_embeddings.weight",
    )!;
    const grown = (await readSafetensorsFile(join(path, "model.safetensors"))).get(
      "bert.embeddings.word_embeddings.weight",
    )!;
    const count = tinyTokenizer().vocabularySize;
    assert.deepEqual(grown.shape, [count + 2, 32]);
    assert.deepEqual(grown.data.subarray(0, count * 32), before.data);
    const column = (k: number): number =>
      Array.from({ length: count }, (_, row) => Number(before.data[row * 32 + k])).reduce((a, b) => a + b) /
      count;
    for (const row of [count, count + 1])
      for (let k = 0; k < 32; k++)
        assert.ok(Math.abs(Number(grown.data[row * 32 + k]) - column(k)) < 1e-7, "the mean of all rows");
    assert.equal((await jsonOf(join(path, "config.json")))["vocab_size"], count + 2);
    const rows = await writeRows(world.path("new.jsonl"), [
      { text: "tsugiki is 接ぎ木", label: "praise" },
      { text: "bad plot", label: "blame" },
    ]);
    const { report } = await evaluate({ model: path, data: rows, threads: 1 });
    assert.equal(report.unknownRate, 0);
  });

  test("float16 and bfloat16 are half as large, and can be used", async (t) => {
    const world = await tinyWorld(t);
    const sizes: number[] = [];
    const losses: number[] = [];
    for (const dtype of ["float32", "float16", "bfloat16"] as const) {
      const outputDirectory = world.path(dtype);
      await fineTune({ ...optionsOf(world), dtype, outputDirectory });
      sizes.push((await readFile(join(outputDirectory, "model.safetensors"))).length);
      const tensors = await readSafetensorsFile(join(outputDirectory, "model.safetensors"));
      assert.equal(tensors.get("classifier.weight")!.dtype, dtype);
      assert.equal((await jsonOf(join(outputDirectory, "config.json")))["dtype"], dtype);
      losses.push((await evaluate({ model: outputDirectory, data: world.validation, threads: 1 })).loss!);
    }
    assert.ok(sizes[1]! < 0.6 * sizes[0]! && sizes[2]! < 0.6 * sizes[0]!, sizes.join(" "));
    assert.ok(Math.abs(losses[1]! - losses[0]!) < 1e-3, losses.join(" "));
    assert.ok(Math.abs(losses[2]! - losses[0]!) < 1e-2, losses.join(" "));
    // a half-size model can be trained on
    await fineTune({
      ...{ ...optionsOf(world), model: world.path("float16"), outputDirectory: world.path("on") },
    });
  });
});
