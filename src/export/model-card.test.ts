import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { repository } from "../../test/shared.js";
import { modelCard } from "./model-card.js";
import type { ModelCardFacts } from "./model-card-facts.js";

const facts: ModelCardFacts = {
  name: "my-model",
  task: "text-classification",
  baseModel: { name: "rootstocks/ja-small", onHub: true, revision: "8b3219a" },
  architecture: { name: "BERT", layerCount: 4, hiddenSize: 256, parameterCount: 5_932_032 },
  languages: ["ja", "no"],
  license: "cc-by-sa-4.0",
  tags: ["japanese"],
  labels: ["API", "CSS", "学習|Learn"],
  example: { text: "要素の外側の余白を設定します" },
  train: {
    file: "areas.jsonl",
    hubId: "someone/areas",
    rowCount: 3000,
    labelCounts: { API: 1980, CSS: 1002, "学習|Learn": 18 },
    skippedRowCount: 1,
    lengths: {
      median: 58,
      percentile95: 141,
      longest: 533,
      maxLength: 512,
      truncatedCount: 2,
      unknownRate: 0.002,
    },
  },
  evaluation: {
    file: "areas-dev.jsonl",
    hubId: "someone/areas",
    rowCount: 800,
    labelCounts: { API: 520, CSS: 270, "学習|Learn": 10 },
  },
  overlapCount: 4,
  labelsOnlyInEvaluation: ["*new*"],
  epochs: [
    {
      epoch: 1,
      step: 94,
      trainLoss: 0.512,
      evaluationLoss: 0.361,
      metrics: { accuracy: 0.871, macro_f1: 0.792 },
    },
    {
      epoch: 2,
      step: 188,
      trainLoss: 0.248,
      evaluationLoss: 0.334,
      metrics: { accuracy: 0.889, macro_f1: 0.823 },
    },
    { epoch: 3, step: 282, evaluationLoss: 0.341, metrics: { accuracy: 0.893, macro_f1: 0.826 } },
  ],
  best: { step: 282, metricName: "macro_f1" },
  metrics: { accuracy: 0.8934567, macro_f1: 0.826 },
  byLabel: [
    { label: "API", precision: 0.93, recall: 0.95, f1: 0.94, support: 520 },
    { label: "CSS", precision: 0.88, recall: 0.86, f1: 0.87, support: 270 },
    { label: "学習|Learn", precision: 0.75, recall: 0.6, f1: 0.667, support: 10 },
  ],
  confusions: [
    { truth: "CSS", predicted: "API", count: 30 },
    { truth: "API", predicted: "CSS", count: 41 },
    { truth: "API", predicted: "API", count: 490 },
  ],
  seeds: {
    seeds: [0, 1, 2],
    metrics: { accuracy: { mean: 0.891, deviation: 0.004, interval: { low: 0.881, high: 0.901 } } },
  },
  options: {
    task: "text-classification",
    epochs: 3,
    learningRate: 5e-5,
    classWeights: null,
    labels: ["a|b"],
    unset: undefined,
  },
  environment: {
    versions: { tsugiki: "0.1.0", "onnxruntime-node": "1.30.0", node: "22.1.0" },
    machine: "2 x Some Processor, 16 GB",
    runtime: "onnxruntime (cpu)",
    threadCount: 2,
    seconds: 130.4,
    tokensPerSecond: 9312,
    peakMemoryBytes: 1.1e9,
    date: "2026-11-23",
  },
  pictures: { trainingCurve: "training.svg", confusionMatrix: "confusion.svg" },
};

describe("model card", () => {
  test("of a full run is the golden text", () => {
    const golden = readFileSync(join(repository, "src/export/golden/model-card.txt"), "utf8");
    assert.equal(modelCard(facts), golden);
  });

  test("begins with metadata that YAML reads back", () => {
    const [, block] = modelCard(facts).split("---\n");
    assert.deepEqual(parse(block!, { version: "1.1" }), {
      library_name: "tsugiki",
      base_model: "rootstocks/ja-small",
      language: ["ja", "no"],
      license: "cc-by-sa-4.0",
      datasets: ["someone/areas"],
      metrics: ["accuracy", "f1"],
      tags: ["tsugiki", "transformers", "japanese"],
      pipeline_tag: "text-classification",
      "model-index": [
        {
          name: "my-model",
          results: [
            {
              task: { type: "text-classification", name: "text classification" },
              dataset: { name: "areas-dev.jsonl", type: "someone/areas" },
              metrics: [
                { type: "accuracy", value: 0.893457, name: "accuracy" },
                { type: "f1", value: 0.826, name: "macro F1" },
              ],
            },
          ],
        },
      ],
    });
  });

  test("of a bare model says what is known and nothing else", () => {
    const card = modelCard({
      name: "x",
      task: "question-answering",
      baseModel: { name: "../models/bert", onHub: false },
    });
    assert.deepEqual(card.match(/^#.*$/gm), ["# x", "## Use"]);
    assert.match(
      card,
      /A model for question answering, fine-tuned from `\.\.\/models\/bert`, with Tsugiki\./,
    );
    assert.ok(!/undefined|NaN|base_model|model-index|null/.test(card));
  });
});

describe("usage", () => {
  const card = (task: ModelCardFacts["task"], example: ModelCardFacts["example"], directory = "m"): string =>
    modelCard({ name: "m", task, example, directory });

  test("of a pair", () => {
    const text = card("text-classification", { text: "a", textPair: 'b "c"' });
    assert.ok(text.includes("npx tsugiki predict --model m --test-file rows.jsonl\n"));
    assert.ok(text.includes('await predict({ text: "a", textPair: "b \\"c\\"" })'));
    assert.ok(text.includes('predict({"text": "a", "text_pair": "b \\"c\\""})'));
  });

  test("of questions and choices", () => {
    const question = card("question-answering", { question: "誰?", context: "私です" });
    assert.ok(question.includes('tokenizer("誰?", "私です", return_tensors="pt")'));
    assert.ok(question.includes('await predict({ question: "誰?", context: "私です" })'));
    const choice = card("multiple-choice", { prompt: "p", choices: ["a", "b"] });
    assert.ok(choice.includes('prompt, choices = "p", ["a", "b"]'));
    assert.ok(choice.includes('await predict({ prompt: "p", choices: ["a", "b"] })'));
  });

  test("quotes for the shell", () => {
    assert.ok(card("text-classification", { text: "it's" }).includes('--model m "it\'s"\n'));
    assert.ok(card("text-classification", { text: "it's $5" }).includes("--model m 'it'\\''s $5'\n"));
    assert.ok(
      card("text-classification", { text: "-x" }, "my models/m").includes('--model "my models/m" -- "-x"\n'),
    );
  });
});
