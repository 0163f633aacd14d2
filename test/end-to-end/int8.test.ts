// Models in 8-bit integers, in all that uses a model: near the numbers of float32, and not the same.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evaluate, fineTune, loadGenerator, loadScorer, predict } from "../../src/workflows/index.js";
import { temporaryFolder, tinyWorld } from "./tiny-model.js";
import { writerKinds, writeTinyWriter } from "./tiny-writer.js";

const machine = { runtime: "onnxruntime", threads: 1 } as const;

describe("8-bit integers", () => {
  test("a classifier decides as in float32, by scores that differ a little", async (t) => {
    const { model, train, validation, path } = await tinyWorld(t, { trainRows: 200 });
    const tuned = path("tuned");
    await fineTune({ model, train, outputDirectory: tuned, epochs: 4, learningRate: 3e-3, threads: 1 });
    const [exact, near] = await Promise.all(
      (["fp32", "int8"] as const).map((precision) =>
        predict({ model: tuned, file: validation, precision, ...machine }),
      ),
    );
    const scores = exact!.predictions.map(({ score }, i) => [score, near!.predictions[i]!["score"]]) as [
      number,
      number,
    ][];
    const largest = Math.max(...scores.map(([a, b]) => Math.abs(a - b)));
    assert.ok(largest > 0 && largest < 0.1, `${largest}`);
    assert.match(near!.runtime, /int8/);
    const { loss } = await evaluate({ model: tuned, data: validation, ...machine });
    const quantized = await evaluate({ model: tuned, data: validation, precision: "int8", ...machine });
    assert.ok(
      Math.abs(loss! - quantized.loss!) < 0.1 && loss !== quantized.loss,
      `${loss} ${quantized.loss}`,
    );
  });

  for (const kind of writerKinds)
    test(`${kind} scores and writes`, async (t) => {
      const model = await writeTinyWriter(await temporaryFolder(t), kind);
      const text = { text: "the film was good", pair: "the story was dull" };
      const score = async (precision: "fp32" | "int8"): Promise<number> => {
        const scorer = await loadScorer(model, { precision, ...machine });
        const [scored] = await scorer.score([scorer.head === "sequence-to-sequence" ? text : text.text]);
        await scorer.close();
        return scored!.logProbability;
      };
      const [exact, near] = [await score("fp32"), await score("int8")];
      assert.ok(exact !== near, "nothing was quantised");
      assert.ok(Math.abs(exact - near) < 0.05 * Math.abs(exact), `${exact} ${near}`);
      const generator = await loadGenerator(model, { precision: "int8", ...machine });
      const { texts } = await generator.generate(text.text, { maxNewTokens: 6 });
      assert.ok(texts[0]!.ids.length > 0);
      await generator.close();
    });
});
