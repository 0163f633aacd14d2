// What of a text a classifier reads is asked of a run, and goes with the model that is saved.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { writeModelDirectory } from "../../src/hub/index.js";
import { evaluate, type FineTuneResult, fineTune, train } from "../../src/workflows/index.js";
import { tinyTokenizer, tinyWorld, writeRows } from "./tiny-model.js";

const architecture = {
  ...{ model_type: "modernbert", hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ intermediate_size: 24, max_position_embeddings: 32, initializer_range: 0.1 },
};

async function poolingOf({ outputDirectory }: FineTuneResult): Promise<string | undefined> {
  return JSON.parse(await readFile(join(outputDirectory, "config.json"), "utf8")).classifier_pooling;
}

async function lossOf({ outputDirectory }: FineTuneResult): Promise<number> {
  return JSON.parse(await readFile(join(outputDirectory, "eval_results.json"), "utf8")).eval_loss;
}

test("a run chooses what its classifier reads; the next one takes it over, or chooses anew", async (t) => {
  const { path, ...world } = await tinyWorld(t);
  await writeFile(path("architecture.json"), JSON.stringify(architecture));
  await writeModelDirectory(path("tokenizer"), {
    config: {},
    weights: new Map(),
    files: tinyTokenizer().toFiles(),
  });
  const common = {
    ...{ train: world.train, validation: world.validation, threads: 1, maxSteps: 4, batchSize: 8 },
    learningRate: 2e-3,
  };
  const first = (pooling: "cls" | "mean" | undefined): Promise<FineTuneResult> =>
    train({
      ...common,
      ...{ architecture: path("architecture.json"), tokenizer: path("tokenizer") },
      ...{ outputDirectory: path(`${pooling}`), ...(pooling === undefined ? {} : { pooling }) },
    });
  const [own, cls, mean] = [await first(undefined), await first("cls"), await first("mean")];
  assert.equal(await lossOf(own), await lossOf(cls));
  assert.notEqual(await lossOf(mean), await lossOf(cls));
  assert.equal(await poolingOf(own), undefined);
  assert.equal(await poolingOf(mean), "mean");
  const evaluated = await evaluate({ model: mean.outputDirectory, data: world.validation, threads: 1 });
  assert.deepEqual(evaluated.metrics, mean.metrics);

  const onwards = { ...common, model: mean.outputDirectory };
  assert.equal(await poolingOf(await fineTune({ ...onwards, outputDirectory: path("kept") })), "mean");
  const anew = await fineTune({ ...onwards, pooling: "cls", outputDirectory: path("anew") });
  assert.equal(await poolingOf(anew), "cls");

  const words = await writeRows(path("words.jsonl"), [{ tokens: ["the", "film"], ner_tags: ["O", "B-W"] }]);
  await assert.rejects(
    fineTune({
      ...onwards,
      pooling: "mean",
      train: words,
      validation: words,
      outputDirectory: path("never"),
    }),
    /--pooling: expected texts to be classified, got token-classification/,
  );
  await assert.rejects(
    fineTune({ ...common, model: world.model, pooling: "mean", outputDirectory: path("never") }),
    /--pooling mean: expected a model that lets it be chosen, got bert/,
  );
});
