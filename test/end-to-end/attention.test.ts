import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { lookAtAttention } from "../../src/workflows/index.js";
import { needs, sharedPath } from "../shared.js";
import { tinyWorld } from "./tiny-model.js";

const seq2seq = "golden/models/t5-relu";

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

  test("three texts, or none, are refused", async (t) => {
    const { model, path } = await tinyWorld(t);
    for (const texts of [["a", "b", "c"], []])
      await assert.rejects(lookAtAttention({ model, texts, outputFile: path("x.html") }), {
        name: "OptionError",
      });
  });

  test("of an encoder-decoder, a text for the decoder is asked for", needs(seq2seq), async (t) => {
    const { model: tiny, path } = await tinyWorld(t);
    const options = { model: sharedPath(seq2seq), tokenizer: tiny, texts: ["a good film"] };
    await assert.rejects(lookAtAttention({ ...options, outputFile: path("no.html") }), /--target/);
    const { view } = await lookAtAttention({ ...options, target: "bad", outputFile: path("yes.html") });
    assert.deepEqual(
      view.parts.map(({ name, queries, keys }) => [name, queries.length, keys.length]),
      [
        ["encoder", 5, 5],
        ["decoder", 3, 3],
        ["decoder to encoder", 3, 5],
      ],
    );
  });
});
