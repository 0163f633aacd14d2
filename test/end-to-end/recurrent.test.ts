// Recurrent models go the same way as all others: trained in a worker, saved, loaded, asked.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type JsonObject, Random } from "../../src/base/index.js";
import { leaves } from "../../src/engine/index.js";
import { readSafetensorsFile, writeModelDirectory } from "../../src/hub/index.js";
import { architectureOf, foreignWeights, headOf, matchWeights, modelInputs } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { evaluate, fineTune, loadModel } from "../../src/workflows/index.js";
import { repository } from "../shared.js";
import { temporaryFolder, tinyRows, tinyTokenizer, writeRows } from "./tiny-model.js";

const goldenFolder = join(repository, "test", "golden", "models");
const recurrentTypes = ["lstm-lm", "bi-lstm", "bi-lm", "lstm-encoder-decoder"];

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

  for (const name of readdirSync(goldenFolder)) {
    const config: JsonObject = JSON.parse(readFileSync(join(goldenFolder, name, "config.json"), "utf8"));
    if (!recurrentTypes.includes(String(config["model_type"]))) continue;
    test(`${name} is saved as it was loaded`, async (t) => {
      const source = join(goldenFolder, name);
      const head = headOf(architectureOf(config, source), config)!;
      const model = await loadModel(source, { head });
      assert.deepEqual(model.newParameters, []);
      const copy = join(await temporaryFolder(t), "copy");
      await model.save(copy);
      const [expected, got] = [source, copy].map((folder) =>
        readSafetensorsFile(join(folder, "model.safetensors")),
      );
      assert.deepEqual(new Map([...(await got!)].sort()), new Map([...(await expected!)].sort()));
    });
  }
});
