// Recurrent models go the same way as all others: trained in a worker, saved, loaded, asked.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type JsonObject, OptionError, Random } from "../../src/base/index.js";
import { leaves } from "../../src/engine/index.js";
import { readSafetensorsFile, writeModelDirectory } from "../../src/hub/index.js";
import { architectureOf, foreignWeights, matchWeights, modelInputs } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { evaluate, fineTune, lookAtAttention, predict, train } from "../../src/workflows/index.js";
import { temporaryFolder, tinyRows, tinyTokenizer, writeRows, writeTinyModel } from "./tiny-model.js";

/** Write a recurrent model whose weights are drawn, with the tokenizer of the little language. */
async function writeModel(folder: string, changes: JsonObject): Promise<string> {
  const config: JsonObject = {
    ...{ vocab_size: tinyTokenizer().vocabularySize, hidden_size: 16, num_hidden_layers: 2 },
    ...{ cell_type: "lstm", pad_token_id: 0, dropout: 0.1, initializer_range: 0.3 },
    ...changes,
  };
  const directory = join(folder, "model");
  await mkdir(directory, { recursive: true });
  const architecture = architectureOf(config, directory);
  const { heads } = architecture
    .readConfig(config, directory)
    .build("none", 0, modelInputs("none"), forInference());
  const parameters = leaves([...heads.values()], "parameter");
  const { weights } = matchWeights(architecture, parameters, new Map(), new Random(1), directory);
  await writeModelDirectory(directory, {
    config: { ...config, architectures: [architecture.classNames.get("none")!] },
    weights: foreignWeights(architecture, "none", weights),
    files: tinyTokenizer().toFiles(),
  });
  return directory;
}

describe("recurrent models", () => {
  for (const model_type of ["bi-lstm", "bi-lm"])
    test(`${model_type} learns to tell praise from blame, and is the same when it is loaded again`, async (t) => {
      const folder = await temporaryFolder(t);
      const model = await writeModel(folder, { model_type });
      const validation = await writeRows(join(folder, "dev.jsonl"), tinyRows(40, 2));
      const run = await fineTune({
        ...{ model, train: await writeRows(join(folder, "train.jsonl"), tinyRows(200, 1)), validation },
        ...{ outputDirectory: join(folder, "run"), epochs: 8, batchSize: 16, learningRate: 1e-2, threads: 1 },
      });
      assert.ok(run.metrics["accuracy"]! > 0.9, `accuracy ${run.metrics["accuracy"]}`);
      const again = await evaluate({ model: run.outputDirectory, data: validation, threads: 1 });
      assert.deepEqual(again.metrics, run.metrics);
    });

  test("tags come from both sides: bi-lstm learns a class that the next word decides", async (t) => {
    const folder = await temporaryFolder(t);
    const model = await writeModel(folder, { model_type: "bi-lstm" });
    const tagged = (count: number, seed: number): object[] =>
      tinyRows(count, seed).map(({ text }) => {
        const words = text.split(" ");
        return { words, tags: words.map((_, i) => (/^[a-m]/.test(words[i + 1] ?? "z") ? "B-EARLY" : "O")) };
      });
    const run = await fineTune({
      ...{ model, train: await writeRows(join(folder, "train.jsonl"), tagged(200, 1)) },
      ...{ validation: await writeRows(join(folder, "dev.jsonl"), tagged(40, 2)) },
      ...{ outputDirectory: join(folder, "run"), epochs: 6, batchSize: 16, learningRate: 1e-2, threads: 1 },
    });
    assert.ok(run.metrics["f1"]! > 0.95, `f1 ${run.metrics["f1"]}`);
  });

  for (const model_type of ["bi-lstm", "bert"])
    test(`${model_type} finds tags as a whole, is saved so, and is the same when it is loaded again`, async (t) => {
      const folder = await temporaryFolder(t);
      const model =
        model_type === "bert" ? await writeTinyModel(folder) : await writeModel(folder, { model_type });
      const tagged = (count: number, seed: number): object[] =>
        tinyRows(count, seed).map(({ text }) => {
          const words = text.split(" ");
          const isEarly = words.map((word) => /^[a-m]/.test(word));
          const tags = isEarly.map((early, i) => (early ? (isEarly[i - 1] ? "I-EARLY" : "B-EARLY") : "O"));
          return { words, tags };
        });
      const validation = await writeRows(join(folder, "dev.jsonl"), tagged(40, 2));
      const run = await fineTune({
        ...{ model, train: await writeRows(join(folder, "train.jsonl"), tagged(120, 1)), validation },
        ...{ task: "token-classification", crf: true, outputDirectory: join(folder, "run"), threads: 1 },
        ...{ epochs: 6, batchSize: 16, learningRate: model_type === "bert" ? 4e-3 : 1e-2 },
      });
      assert.ok(run.metrics["f1"]! > 0.7, `f1 ${run.metrics["f1"]}`);
      const { crf } = JSON.parse(await readFile(join(run.outputDirectory, "config.json"), "utf8"));
      assert.equal(crf, "IOB2");
      const weights = await readSafetensorsFile(join(run.outputDirectory, "model.safetensors"));
      assert.deepEqual(weights.get("crf.transitions")!.shape, [3, 3]);
      const again = await evaluate({ model: run.outputDirectory, data: validation, threads: 1 });
      assert.deepEqual(again.metrics, run.metrics);
      const { predictions } = await predict({ model: run.outputDirectory, file: validation, threads: 1 });
      for (const { tags } of predictions as { tags: string[] }[])
        tags.forEach((tag, i) => {
          assert.ok(tag !== "I-EARLY" || (tags[i - 1] ?? "O") !== "O");
        });
    });

  test("a bidirectional language model is no model that writes; what teaches it is named", async (t) => {
    const folder = await temporaryFolder(t);
    const model = await writeModel(folder, { model_type: "bi-lm" });
    const train = await writeRows(join(folder, "train.jsonl"), tinyRows(20, 1));
    await assert.rejects(
      fineTune({
        model,
        train,
        task: "language-modelling",
        outputDirectory: join(folder, "run"),
        threads: 1,
      }),
      (error) => {
        assert.ok(error instanceof OptionError);
        assert.match(error.message, /--task language-modelling: expected .* \(causal-lm\), got bi-lm/);
        assert.match(error.hint ?? "", /npx tsugiki pretrain --objective bidirectional-lm$/);
        return true;
      },
    );
  });

  test("tags as a whole are for tags alone", async (t) => {
    const folder = await temporaryFolder(t);
    const model = await writeModel(folder, { model_type: "bi-lstm" });
    const train = await writeRows(join(folder, "train.jsonl"), tinyRows(20, 1));
    await assert.rejects(
      fineTune({ model, train, crf: true, outputDirectory: join(folder, "run"), threads: 1 }),
      /--crf: expected tags of words to be learnt, got text-classification/,
    );
  });

  test("an encoder-decoder learns to sort words, and what it attends to is a picture", async (t) => {
    const folder = await temporaryFolder(t);
    const [model, tokenizer] = [join(folder, "model.json"), join(folder, "tokenizer")];
    const config = {
      ...{ model_type: "lstm-encoder-decoder", attention_type: "bahdanau" },
      ...{ hidden_size: 64, num_hidden_layers: 2, initializer_range: 0.2 },
    };
    await writeFile(model, JSON.stringify(config));
    await mkdir(tokenizer);
    for (const [name, content] of tinyTokenizer().toFiles()) await writeFile(join(tokenizer, name), content);
    const pairs = (count: number, seed: number): object[] =>
      tinyRows(count, seed).map(({ text }) => {
        const words = text.split(" ").slice(0, 5);
        return { source: words.join(" "), target: [...words].sort().join(" ") };
      });
    const validation = await writeRows(join(folder, "dev.jsonl"), pairs(40, 2));
    const run = await train({
      ...{ architecture: model, tokenizer, task: "translation", validation, threads: 1 },
      ...{ train: await writeRows(join(folder, "train.jsonl"), pairs(900, 1)) },
      ...{ outputDirectory: join(folder, "run"), epochs: 7, batchSize: 32, learningRate: 1e-2 },
    });
    assert.ok(run.metrics["bleu"]! > 50, `BLEU ${run.metrics["bleu"]}`);
    const again = await evaluate({ model: run.outputDirectory, data: validation, threads: 1 });
    assert.deepEqual(again.metrics, run.metrics);
    const { view } = await lookAtAttention({
      ...{ model: run.outputDirectory, texts: ["the bad film"], target: "bad film the" },
      outputFile: join(folder, "attention.html"),
    });
    assert.deepEqual(
      view.parts.map(({ name, layers }) => [name, layers.length]),
      [["decoder to encoder", 1]],
    );
  });
});
