import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lookAtAttention } from "../../src/workflows/index.js";
import { temporaryFolder, tinyWorld } from "./tiny-model.js";
import { writeTinyWriter } from "./tiny-writer.js";

describe("looking at attention", () => {
  test("writes a page with every layer and head, each row of which is a distribution", async (t) => {
    const { model, path } = await tinyWorld(t);
    const outputFile = path("attention.html");
    const { view, truncatedCount } = await lookAtAttention({
      model,
      texts: ["a good film", "bad"],
      outputFile,
    });
    assert.equal(truncatedCount, 0);
    const [part] = view.parts;
    assert.deepEqual(part!.queries, ["[CLS]", "a", "good", "film", "[SEP]", "bad", "[SEP]"]);
    assert.deepEqual(
      part!.layers.map(({ headCount }) => headCount),
      [4, 4],
    );
    for (const { probabilities } of part!.layers) {
      assert.equal(probabilities.length, 4 * 7 * 7);
      for (let row = 0; row < 4 * 7; row++) {
        const sum = probabilities.subarray(row * 7, row * 7 + 7).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5);
      }
    }
    assert.match(await readFile(outputFile, "utf8"), /Layers and heads/);
    await assert.rejects(lookAtAttention({ model, texts: ["x"], outputFile }), /the file is there already/);
  });

  test("of a classifier, every token of the last layer looks too", async (t) => {
    const { model, path } = await tinyWorld(t);
    const place = join(model, "config.json");
    const config = JSON.parse(await readFile(place, "utf8"));
    await writeFile(place, JSON.stringify({ ...config, architectures: ["BertForSequenceClassification"] }));
    const { view } = await lookAtAttention({ model, texts: ["bad"], outputFile: path("classifier.html") });
    assert.deepEqual(
      view.parts[0]!.layers.map(({ probabilities }) => probabilities.length),
      [4 * 3 * 3, 4 * 3 * 3],
    );
  });

  test("three texts, or none, are refused", async (t) => {
    const { model, path } = await tinyWorld(t);
    for (const texts of [["a", "b", "c"], []])
      await assert.rejects(lookAtAttention({ model, texts, outputFile: path("x.html") }), {
        name: "OptionError",
      });
  });

  test("of an encoder-decoder, a text for the decoder is asked for", async (t) => {
    const folder = await temporaryFolder(t);
    const model = await writeTinyWriter(folder, "transformer");
    const outputFile = join(folder, "no.html");
    await assert.rejects(lookAtAttention({ model, texts: ["a good film"], outputFile }), /--target/);
  });

  const source = ["[CLS]", "a", "good", "film", "[SEP]"];
  const read = ["[PAD]", "[CLS]", "bad"];
  const written = ["[CLS]", "bad", "[SEP]"];
  const cross = ["decoder to encoder", written, source] as const;
  const parts = {
    transformer: [["encoder", source, source], ["decoder", read, read], cross],
    t5: [["encoder", source, source], ["decoder", read, read], cross],
    "lstm-encoder-decoder": [cross], // its alignment is the only attention there is
  } as const;
  for (const kind of ["transformer", "t5", "lstm-encoder-decoder"] as const)
    test(`of a ${kind}, each written word looks at the source`, async (t) => {
      const folder = await temporaryFolder(t);
      const model = await writeTinyWriter(folder, kind);
      const outputFile = join(folder, "yes.html");
      const { view } = await lookAtAttention({ model, texts: ["a good film"], target: "bad", outputFile });
      assert.deepEqual(
        view.parts.map(({ name, queries, keys }) => [name, queries, keys]),
        parts[kind],
      );
      for (const { name, queries, keys, layers } of view.parts)
        for (const { headCount, probabilities } of layers)
          for (let row = 0; row < headCount * queries.length; row++) {
            const own = probabilities.subarray(row * keys.length, (row + 1) * keys.length);
            assert.ok(Math.abs(own.reduce((a, b) => a + b, 0) - 1) < 1e-5);
            const later = own.subarray((row % queries.length) + 1);
            if (name === "decoder") assert.ok(later.every((probability) => probability < 1e-6));
          }
    });
});
