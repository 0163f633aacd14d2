// A language model from nothing: trained on running text, saved, tried, used, and trained further.
import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type JsonObject, Random } from "../../src/base/index.js";
import {
  evaluate,
  fineTune,
  loadPipeline,
  predict,
  type TrainOptions,
  train,
} from "../../src/workflows/index.js";
import { temporaryFolder, tinyTokenizer } from "./tiny-model.js";

const gpt2 = { model_type: "gpt2", n_embd: 32, n_layer: 2, n_head: 4, n_positions: 24 };
const architectures: Readonly<Record<string, JsonObject>> = {
  gpt2,
  "lstm-lm": { model_type: "lstm-lm", hidden_size: 48, num_hidden_layers: 1, initializer_range: 0.3 },
  "openai-gpt": { ...gpt2, model_type: "openai-gpt" },
  llama: {
    ...{ model_type: "llama", hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4 },
    ...{ num_key_value_heads: 2, intermediate_size: 64, max_position_embeddings: 24 },
  },
};

/** Sentences of a little language in which each word leaves few to follow. */
function sentences(count: number, seed: number): string[] {
  const random = new Random(seed);
  const pick = (words: readonly string[]): string => words[random.integer(words.length)]!;
  return Array.from(
    { length: count },
    () =>
      `the ${pick(["film", "story", "actor"])} is ${pick(["good", "bad"])} and this ${pick(["scene", "plot"])} was dull.`,
  );
}

async function worldOf(
  context: Parameters<typeof temporaryFolder>[0],
  architecture: JsonObject,
): Promise<{
  path(name: string): string;
  train: string;
  validation: string;
  architecture: string;
  tokenizer: string;
}> {
  const folder = await temporaryFolder(context);
  const path = (name: string): string => join(folder, name);
  const text = (count: number, seed: number): string =>
    sentences(count, seed)
      .map((line) => `${line}\n`)
      .join("");
  await writeFile(path("train.txt"), text(160, 1));
  await writeFile(path("dev.txt"), text(24, 2));
  await writeFile(path("model.json"), JSON.stringify(architecture));
  for (const [name, content] of tinyTokenizer().toFiles()) await writeFile(path(name), content);
  return {
    path,
    train: path("train.txt"),
    validation: path("dev.txt"),
    architecture: path("model.json"),
    tokenizer: folder,
  };
}

for (const [name, architecture] of Object.entries(architectures))
  test(`${name}: trained from scratch, saved and used`, async (t) => {
    const { path, ...files } = await worldOf(t, architecture);
    const run = await train({
      ...files,
      ...{ task: "language-modelling", outputDirectory: path("run"), threads: 1, learningRate: 1e-2 },
      ...{ maxSteps: 40, batchSize: 8, maxLength: 16, evaluateEvery: 20, warmupSteps: 4 },
    });
    // four words to begin with are drawn of 3 x 2 x 2; the rest can be known
    assert.ok(run.metrics["perplexity"]! < 2, `perplexity ${run.metrics["perplexity"]}`);
    assert.ok(run.metrics["bits_per_byte"]! < 0.4);
    assert.equal(run.metrics["bits_per_byte"], run.metrics["bits_per_character"]);

    const used = { model: run.outputDirectory, threads: 1, maxLength: 16 };
    const evaluated = await evaluate({ ...used, data: files.validation });
    assert.deepEqual(evaluated.metrics, run.metrics);
    assert.ok(Math.abs(Math.exp(evaluated.loss!) - run.metrics["perplexity"]!) < 1e-4);

    const lines = (await readFile(join(run.outputDirectory, "predictions.jsonl"), "utf8"))
      .trimEnd()
      .split("\n");
    const { predictions } = await predict({ ...used, file: files.validation });
    assert.deepEqual(
      predictions.map((prediction) => JSON.stringify(prediction)),
      lines,
    );

    const score = await loadPipeline(run.outputDirectory, { threads: 1 });
    const [usual, odd] = await score([
      "the film is good and this plot was dull.",
      "the film the film dull good plot.",
    ]);
    await score.close();
    assert.ok((usual!["perplexity"] as number) < (odd!["perplexity"] as number) / 10);

    const config = JSON.parse(await readFile(join(run.outputDirectory, "config.json"), "utf8"));
    assert.equal(config.vocab_size, tinyTokenizer().vocabularySize);
    const further = await fineTune({
      ...{ model: run.outputDirectory, train: files.train, validation: files.validation },
      ...{
        task: "language-modelling",
        outputDirectory: path("further"),
        threads: 1,
        maxLength: 16,
        maxSteps: 2,
        newTokens: ["zebra"], // a row more in the embeddings, and in the output matrix where it is another
      },
    });
    assert.ok(Math.abs(further.metrics["perplexity"]! / run.metrics["perplexity"]! - 1) < 0.2);
  });

test("the validation text is the end of the training text, and the same seed gives the same model", async (t) => {
  const { path, validation: _, ...files } = await worldOf(t, gpt2);
  const losses = [];
  for (const name of ["one", "two"]) {
    const run = await train({
      ...files,
      ...{
        task: "language-modelling",
        outputDirectory: path(name),
        threads: 1,
        validationSplit: 0.1,
        maxSteps: 3,
      },
    });
    losses.push(run.evaluation!.metrics["perplexity"]);
  }
  assert.equal(losses[0], losses[1]);
  const predictions = await readFile(path("one/predictions.jsonl"), "utf8");
  const texts = predictions
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).text);
  assert.equal(
    texts.join(""),
    sentences(160, 1)
      .slice(-16)
      .map((line) => `${line}\n`)
      .join(""),
  );
});

test("what a model carries from part to part of a running text, it has learnt to use", async (t) => {
  const folder = await temporaryFolder(t);
  const path = (name: string): string => join(folder, name);
  // what follows "the the" hangs on the word before, which a part of four tokens shows every other time
  const line = "the the film the the story the the actor the the plot the the scene\n";
  await writeFile(path("train.txt"), line.repeat(61));
  await writeFile(path("dev.txt"), line.repeat(23));
  for (const [name, content] of tinyTokenizer().toFiles()) await writeFile(path(name), content);
  const perplexities = new Map<boolean, number>();
  for (const carries_state of [true, false]) {
    const model = { model_type: "lstm-lm", hidden_size: 64, num_hidden_layers: 1, initializer_range: 0.3 };
    await writeFile(path("model.json"), JSON.stringify({ ...model, carries_state }));
    const run = await train({
      ...{ train: path("train.txt"), validation: path("dev.txt"), tokenizer: folder },
      ...{ architecture: path("model.json"), task: "language-modelling", threads: 1 },
      ...{ outputDirectory: path(`run-${carries_state}`), learningRate: 1e-2, warmupSteps: 2 },
      ...{ maxLength: 4, batchSize: 4, accumulationSteps: 2, maxSteps: 120, schedule: "constant" },
    });
    perplexities.set(carries_state, run.metrics["perplexity"]!);
    const used = { model: run.outputDirectory, threads: 1, maxLength: 4, batchSize: 3 };
    const evaluated = await evaluate({ ...used, data: path("dev.txt") });
    assert.deepEqual(evaluated.metrics, run.metrics);
  }
  assert.ok(perplexities.get(true)! < 1.1, `carried on: ${perplexities.get(true)}`);
  // one of five words, at every sixth token
  assert.ok(perplexities.get(false)! > 5 ** (1 / 6), `anew: ${perplexities.get(false)}`);
});

test("a run that carries its state is resumed exactly", async (t) => {
  const { path, ...files } = await worldOf(t, {
    ...{ model_type: "lstm-lm", hidden_size: 16, num_hidden_layers: 2, dropout: 0.2, carries_state: true },
  });
  const run = (name: string, more: Partial<TrainOptions>): ReturnType<typeof train> =>
    train({
      ...files,
      ...{ task: "language-modelling", outputDirectory: path(name), threads: 1, maxLength: 4, batchSize: 4 },
      ...{ learningRate: 1e-2, saveEvery: 3, saveTotalLimit: 9, maxSteps: 8 },
      ...more,
    });
  const whole = await run("whole", {});
  await cp(path("whole/checkpoint-3"), path("again/checkpoint-3"), { recursive: true });
  const again = await run("again", { resume: true });
  assert.deepEqual(again.metrics, whole.metrics);
  const [a, b] = await Promise.all(
    ["whole", "again"].map((name) => readFile(path(`${name}/model.safetensors`))),
  );
  assert.ok(a!.equals(b!));
});
