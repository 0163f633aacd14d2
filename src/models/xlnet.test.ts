import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { int64, Random, type Tensor } from "../base/index.js";
import { leaves, referenceRuntime } from "../engine/index.js";
import { forInference } from "../nn/index.js";
import { matchWeights, modelInputs } from "./index.js";
import { xlnet } from "./xlnet.js";

const config = { vocab_size: 30, d_model: 8, n_layer: 2, n_head: 2, d_inner: 12, initializer_range: 0.3 };

/** The logits of a head with drawn weights for texts that are padded to `length` on either side. */
async function logitsOf(
  head: "sequence-classification" | "token-classification",
  texts: readonly (readonly number[])[],
  length: number,
  side: "left" | "right",
): Promise<{ data: Float64Array; shape: readonly number[] }> {
  const network = xlnet.readConfig(config, "config.json");
  const logits = network.build(head, 3, modelInputs(head), forInference()).heads.get("logits")!;
  const parameters = leaves([logits], "parameter");
  const { weights } = matchWeights(xlnet, parameters, new Map(), new Random(4), "checkpoint");
  const pad = (row: readonly number[], filler: number): number[] => {
    const padding = new Array<number>(length - row.length).fill(filler);
    return side === "left" ? [...padding, ...row] : [...row, ...padding];
  };
  const matrix = (rows: readonly (readonly number[])[], filler: number): Tensor =>
    int64(
      [texts.length, length],
      rows.flatMap((row) => pad(row, filler)),
    );
  const feeds = new Map<string, Tensor>([
    ...weights,
    ["ids", matrix(texts, 5)],
    [
      "mask",
      matrix(
        texts.map((text) => text.map(() => 1)),
        0,
      ),
    ],
    [
      "typeIds",
      matrix(
        texts.map((text) => text.map((_, i) => (i < 2 ? 0 : 1))),
        3,
      ),
    ],
  ]);
  const program = await referenceRuntime().compile(new Map([["logits", logits]]));
  const { data, shape } = (await program.run(feeds)).get("logits")!;
  return { data: data as Float64Array, shape };
}

describe("XLNet", () => {
  const texts = [
    [7, 8, 9, 10, 4, 3],
    [11, 12, 4, 3],
  ];

  test("classes of texts are the same with padding in front, behind, and without", async () => {
    const left = await logitsOf("sequence-classification", texts, 8, "left");
    const right = await logitsOf("sequence-classification", texts, 9, "right");
    const alone = await logitsOf("sequence-classification", texts.slice(1), 4, "right");
    left.data.forEach((value, i) => {
      assert.ok(Math.abs(value - right.data[i]!) < 1e-12);
      if (i >= 3) assert.ok(Math.abs(value - alone.data[i - 3]!) < 1e-12);
    });
  });

  test("and so are those of their tokens", async () => {
    const left = await logitsOf("token-classification", texts, 8, "left");
    const right = await logitsOf("token-classification", texts, 8, "right");
    texts.forEach((text, row) => {
      for (let i = 0; i < text.length * 3; i++) {
        const [before, behind] = [(row * 8 + 8 - text.length) * 3 + i, row * 8 * 3 + i];
        assert.ok(Math.abs(left.data[before]! - right.data[behind]!) < 1e-12);
      }
    });
  });

  test("settings that serve pre-training with memories are refused", () => {
    assert.throws(
      () => xlnet.readConfig({ ...config, bi_data: true }, "config.json"),
      /bi_data: expected false, got true/,
    );
    assert.throws(
      () => xlnet.readConfig({ ...config, summary_type: "mean" }, "config.json"),
      /summary_type: expected last or cls_index or first, got mean/,
    );
  });
});
