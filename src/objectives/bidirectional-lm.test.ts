import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertClose, goldenRuntimes, runOnce } from "../../test/layer-goldens.js";
import { repository } from "../../test/shared.js";
import { float32, int64, Random, type Tensor, toNumbers } from "../base/index.js";
import { gradient, leaves, nameOf } from "../engine/index.js";
import { readSafetensorsFile } from "../hub/index.js";
import { biLm } from "../models/bi-lm.js";
import { matchWeights, modelInputs } from "../models/index.js";
import { forInference } from "../nn/index.js";
import { bidirectionalLmFeeds, bidirectionalLmLoss } from "./bidirectional-lm.js";

const folder = join(repository, "test", "golden", "models", "bi-lm-for-pretraining");

describe("bidirectional language modelling", () => {
  test("loss and gradients are those of PyTorch, also when a batch is cut in two", async () => {
    const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    const network = biLm.readConfig(config, folder);
    const outputs = network.build("bidirectional-lm", 0, modelInputs("bidirectional-lm"), forInference());
    const loss = bidirectionalLmLoss(outputs);
    const parameters = leaves([loss], "parameter");
    const checkpoint = await readSafetensorsFile(join(folder, "model.safetensors"));
    const { weights } = matchWeights(biLm, parameters, checkpoint, new Random(1), folder);
    const golden = await readSafetensorsFile(join(folder, "golden.safetensors"));
    const numbers = (name: string): number[] => {
      const { dtype, data } = golden.get(`case0.in.${name}`)!;
      return [...toNumbers(dtype, data)];
    };
    const [ids, mask] = [numbers("input_ids"), numbers("attention_mask")];
    const texts = [0, 1, 2].map((row) =>
      ids.slice(6 * row, 6 * row + 6).filter((_, i) => mask[6 * row + i] === 1),
    );
    const count = texts.reduce((sum, text) => sum + text.length - 1, 0);
    const feedsOf = (rows: readonly number[]): Map<string, Tensor> => {
      const part = (all: readonly number[]): number[] =>
        rows.flatMap((row) => all.slice(6 * row, 6 * row + 6));
      return new Map([
        ...weights,
        ["ids", int64([rows.length, 6], part(ids))],
        ["mask", int64([rows.length, 6], part(mask))],
        ...bidirectionalLmFeeds(
          rows.map((row) => texts[row]!),
          6,
          count,
        ),
      ]);
    };
    const values = new Map([
      ["loss", loss],
      ...gradient(loss, parameters).map((dx, i) => [`gradient of ${nameOf(parameters[i]!)}`, dx!] as const),
    ]);
    for (const runtime of goldenRuntimes)
      for (const parts of [[[0, 1, 2]], [[0], [1, 2]]]) {
        const results = await Promise.all(parts.map((rows) => runOnce(runtime, values, feedsOf(rows))));
        const summed = (name: string): Tensor => {
          const [first, ...rest] = results.map((result) => result.get(name)!);
          const sum = Float32Array.from(first!.data as Float32Array);
          for (const { data } of rest)
            for (let i = 0; i < sum.length; i++) sum[i]! += (data as Float32Array)[i]!;
          return float32(first!.shape, sum);
        };
        assertClose(summed("loss"), golden.get("case0.out.loss")!, "loss");
        for (const parameter of parameters) {
          const name = nameOf(parameter);
          assertClose(
            summed(`gradient of ${name}`),
            golden.get(`case0.grad.${biLm.names.foreign(name)}`)!,
            name,
          );
        }
      }
  });

  test("a text of one token has nothing to guess", () => {
    const feeds = bidirectionalLmFeeds([[7]], 2, 1);
    assert.deepEqual([...(feeds.get("nextWeights")!.data as Float32Array)], [0, 0]);
    assert.deepEqual([...(feeds.get("previousWeights")!.data as Float32Array)], [0, 0]);
  });
});
