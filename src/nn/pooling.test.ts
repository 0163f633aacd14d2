import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedPath } from "../../test/shared.js";
import { input, referenceRuntime } from "../engine/index.js";
import { readSafetensorsFile } from "../hub/index.js";
import { pool } from "./pooling.js";
import { type Pooling, poolings } from "./pooling-names.js";

const golden = "golden/embeddings/pooling.safetensors";

describe("pooling gives what sentence-transformers gives", needs(golden), () => {
  for (const pooling of poolings)
    test(pooling, async () => {
      const tensors = await readSafetensorsFile(sharedPath(golden));
      const [hidden, mask] = [
        input("x", ["batch", "sequence", 4]),
        input("mask", ["batch", "sequence"], "int64"),
      ];
      const program = await referenceRuntime().compile(new Map([["y", pool(hidden, mask, pooling)]]));
      const feeds = new Map([
        ["x", tensors.get("x")!],
        ["mask", tensors.get("attention_mask")!],
      ]);
      const { shape, data } = (await program.run(feeds)).get("y")!;
      const expected = tensors.get(goldenNames[pooling])!;
      assert.deepEqual([...shape], [...expected.shape]);
      data.forEach((value: number | bigint, i: number) => {
        assert.ok(Math.abs(Number(value) - Number(expected.data[i])) < 1e-6);
      });
    });
});

const goldenNames: Readonly<Record<Pooling, string>> = {
  mean: "mean",
  max: "max",
  cls: "cls",
  last: "last",
  "mean-sqrt-length": "mean_sqrt_len",
  "weighted-mean": "weighted_mean",
};
