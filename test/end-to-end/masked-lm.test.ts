import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { evaluate, type FineTuneOptions, fineTune } from "../../src/workflows/index.js";
import { tinyRows, tinyWorld } from "./tiny-model.js";

describe("masked language modelling by the command's function", () => {
  test("learns a text, is evaluated alike, and resumes to the same bytes", async (t) => {
    const { model, path } = await tinyWorld(t);
    const lines = tinyRows(300, 5).map(({ text }) => text);
    await writeFile(path("train.txt"), `${lines.slice(0, 260).join("\n")}\n`);
    await writeFile(path("valid.txt"), `${lines.slice(260).join("\n")}\n`);
    const options = (name: string): FineTuneOptions => ({
      ...{
        task: "masked-language-modelling",
        model,
        train: path("train.txt"),
        validation: path("valid.txt"),
      },
      ...{ outputDirectory: path(name), masking: "word", maxLength: 32, batchSize: 16, epochs: 12 },
      ...{ learningRate: 5e-3, threads: 1, evaluateEvery: 20, saveEvery: 20 },
    });
    const run = await fineTune(options("whole"));
    // the vocabulary has 85 tokens, some 27 of which the language uses
    assert.ok(run.metrics["perplexity"]! < 30, `${run.metrics["perplexity"]}`);
    assert.ok(run.metrics["masked_accuracy"]! > 0.05);
    const again = await evaluate({
      model: path("whole"),
      data: path("valid.txt"),
      masking: "word",
      maxLength: 32,
    });
    assert.ok(Math.abs(again.metrics["perplexity"]! - run.metrics["perplexity"]!) < 1e-3);
    const config = JSON.parse(await readFile(join(path("whole"), "config.json"), "utf8"));
    assert.deepEqual(config.architectures, ["BertForMaskedLM"]);

    const stop = new AbortController();
    await fineTune(options("pieces"), {
      signal: stop.signal,
      events: { progress: ({ phase, done }) => (phase === "train" && done === 7 ? stop.abort() : undefined) },
    });
    await fineTune({ ...options("pieces"), resume: true });
    const bytes = (name: string): Promise<Buffer> => readFile(join(path(name), "model.safetensors"));
    assert.ok((await bytes("pieces")).equals(await bytes("whole")));
  });
});
