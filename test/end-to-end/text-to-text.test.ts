// Texts that are written from texts: trained from scratch by a tiny transformer, written in evaluation, saved, loaded.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { evaluate, fineTune, loadPipeline, predict, train } from "../../src/workflows/index.js";
import { temporaryFolder, tinyRows, tinyTokenizer, writeRows } from "./tiny-model.js";
import { writeTinyWriter } from "./tiny-writer.js";

const sizes = {
  ...{ d_model: 48, encoder_layers: 1, decoder_layers: 1, encoder_ffn_dim: 96, decoder_ffn_dim: 96 },
  ...{ encoder_attention_heads: 4, decoder_attention_heads: 4, max_position_embeddings: 40, dropout: 0 },
};

/** A toy language: the same words in the order of the alphabet, at most five of them. */
function pairs(count: number, seed: number): { source: string; target: string }[] {
  return tinyRows(count, seed).map(({ text }) => {
    const words = text.split(" ").slice(0, 5);
    return { source: words.join(" "), target: [...words].sort().join(" ") };
  });
}

async function world(folder: string): Promise<{ architecture: string; tokenizer: string }> {
  const architecture = join(folder, "transformer.json");
  await writeFile(architecture, JSON.stringify({ model_type: "transformer", ...sizes }));
  const tokenizer = join(folder, "tokenizer");
  const { mkdir } = await import("node:fs/promises");
  await mkdir(tokenizer);
  for (const [name, text] of tinyTokenizer().toFiles()) await writeFile(join(tokenizer, name), text);
  return { architecture, tokenizer };
}

describe("text to text", () => {
  test("a transformer from scratch learns a toy language, and is the same when it is loaded again", async (t) => {
    const folder = await temporaryFolder(t);
    const data = await writeRows(join(folder, "train.jsonl"), pairs(900, 1));
    const validation = await writeRows(join(folder, "dev.jsonl"), pairs(40, 2));
    const run = await train({
      ...(await world(folder)),
      ...{ task: "translation", train: data, validation, outputDirectory: join(folder, "run"), threads: 1 },
      ...{ epochs: 14, batchSize: 32, learningRate: 4e-3, labelSmoothing: 0.1, evaluateEvery: 200 },
    });
    assert.ok(run.metrics["bleu"]! > 60, `BLEU ${run.metrics["bleu"]}`);
    assert.ok(run.metrics["chrf"]! > 60 && run.metrics["perplexity"]! < 3, JSON.stringify(run.metrics));

    const again = await evaluate({ model: run.outputDirectory, data: validation, threads: 1 });
    assert.deepEqual(again.metrics, run.metrics);
    const beams = await evaluate({ model: run.outputDirectory, data: validation, beamCount: 4, threads: 1 });
    assert.equal(beams.metrics["perplexity"], run.metrics["perplexity"]);
    assert.ok(beams.metrics["bleu"]! > 0.9 * run.metrics["bleu"]!);

    const lines = (await readFile(join(run.outputDirectory, "predictions.jsonl"), "utf8"))
      .trimEnd()
      .split("\n");
    const saved = lines.map((line) => JSON.parse(line).translation);
    const { predictions } = await predict({ model: run.outputDirectory, file: validation, threads: 1 });
    assert.deepEqual(
      predictions.map(({ translation }) => translation),
      saved,
    );
    const translate = await loadPipeline(run.outputDirectory, { threads: 1 });
    try {
      const { source } = pairs(40, 2)[3]!;
      assert.equal((await translate(source))["translation"], saved[3]);
    } finally {
      await translate.close();
    }
  });

  test("a pair of BERT and GPT-2 is fine-tuned, and is the same when it is loaded again", async (t) => {
    const folder = await temporaryFolder(t);
    const data = await writeRows(join(folder, "train.jsonl"), pairs(48, 1));
    const run = await fineTune({
      ...{ model: await writeTinyWriter(folder, "encoder-decoder"), task: "translation", threads: 1 },
      ...{ train: data, validation: data, maxSteps: 4, batchSize: 16, dropout: 0.2, maxNewTokens: 6 },
      ...{ freezeLayers: 1, outputDirectory: join(folder, "run") }, // all of the encoder, which has one
    });
    const config = JSON.parse(await readFile(join(run.outputDirectory, "config.json"), "utf8"));
    assert.deepEqual(
      [config.architectures, config.encoder.model_type, config.decoder.model_type],
      [["EncoderDecoderModel"], "bert", "gpt2"],
    );
    const again = await evaluate({ model: run.outputDirectory, data, maxNewTokens: 6, threads: 1 });
    assert.deepEqual(again.metrics, run.metrics);
  });

  test("summaries are fine-tuned from the same checkpoint and compared by ROUGE; BLEU may choose the best model", async (t) => {
    const folder = await temporaryFolder(t);
    const data = await writeRows(join(folder, "train.jsonl"), pairs(64, 1));
    const shared = { train: data, validation: data, threads: 1, maxSteps: 4, batchSize: 16 };
    const made = await train({
      ...{ ...(await world(folder)), ...shared, task: "dialogue", outputDirectory: join(folder, "first") },
      ...{ bestMetric: "bleu", evaluateEvery: 2, compareWords: "char" },
    });
    const config = JSON.parse(await readFile(join(made.outputDirectory, "config.json"), "utf8"));
    assert.equal(config.task, "dialogue");
    assert.ok("bleu" in made.metrics);
    const run = await fineTune({
      ...{ ...shared, model: made.outputDirectory, task: "summarisation", maxNewTokens: 6 },
      ...{ outputDirectory: join(folder, "second"), loraRank: 2, loraTargets: ["q_proj", "v_proj"] },
    });
    assert.deepEqual(Object.keys(run.metrics), ["rouge1", "rouge2", "rougeL", "rougeLsum", "perplexity"]);
    const again = await evaluate({
      model: run.outputDirectory,
      ...{ data, maxNewTokens: 6, threads: 1 },
    });
    for (const [name, value] of Object.entries(run.metrics))
      assert.ok(Math.abs(again.metrics[name]! - value) < 1e-4 * value + 1e-6, name);
  });
});
