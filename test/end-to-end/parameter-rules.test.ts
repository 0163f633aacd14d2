import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Tensor, toNumbers } from "../../src/base/index.js";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { type FineTuneOptions, fineTune } from "../../src/workflows/index.js";
import { openModel } from "../../src/workflows/open-model.js";
import { parameterRules } from "../../src/workflows/parameter-rules.js";
import { tinyWorld } from "./tiny-model.js";

const names = [
  "embeddings.word.weight",
  "embeddings.norm.bias",
  "layers.0.attention.query.weight",
  "layers.1.feedForward.outer.bias",
  "pooler.weight",
  "classifier.weight",
];

describe("which parameters move", () => {
  test("frozen ones stay as they are to the byte, the others do not", async (t) => {
    const world = await tinyWorld(t);
    const weights = async (name: string, options: Partial<FineTuneOptions>): Promise<Map<string, Tensor>> => {
      const outputDirectory = world.path(name);
      const { model, train, validation } = world;
      await fineTune({
        model,
        train,
        validation,
        outputDirectory,
        epochs: 1,
        learningRate: 1e-3,
        ...options,
      });
      return new Map(await readSafetensorsFile(join(outputDirectory, "model.safetensors")));
    };
    const before = await readSafetensorsFile(join(world.model, "model.safetensors"));
    const moved = async (options: Partial<FineTuneOptions>, name: string): Promise<string[]> =>
      [...(await weights(name, options))]
        .filter(([key, { data }]) => {
          const old = before.get(key.replace(/^bert\./, ""));
          return (
            old !== undefined &&
            !Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(
              Buffer.from(old.data.buffer, old.data.byteOffset, old.data.byteLength),
            )
          );
        })
        .map(([key]) => key);
    assert.deepEqual(await moved({ freezeLayers: "all" }, "head"), []);
    const upper = await moved({ freezeLayers: 1 }, "upper");
    assert.ok(upper.length > 10 && upper.every((key) => /encoder\.layer\.1|pooler/.test(key)), upper.join());
    const named = await moved({ freeze: ["bert.embeddings", "*.layer.1.*"] }, "named");
    assert.ok(named.length > 10 && named.every((key) => /encoder\.layer\.0|pooler/.test(key)), named.join());
  });

  test("a name that no parameter has is an error that shows one", async (t) => {
    const { model, train, path } = await tinyWorld(t);
    await assert.rejects(
      fineTune({ model, train, outputDirectory: path("out"), freeze: ["bert.embedings"] }),
      {
        name: "OptionError",
        message: /--freeze bert.embedings: expected a name of parameters/,
        hint: /bert\.embeddings\.word_embeddings\.weight/,
      },
    );
  });

  test("layer-wise rates fall from the head down to the embeddings", async (t) => {
    const model = await openModel((await tinyWorld(t)).model);
    const rules = parameterRules({ layerRateDecay: 0.5 }, model, names);
    assert.deepEqual(
      names.map((name) => rules(name).rateShare),
      [0.125, 0.125, 0.25, 0.5, 0.5, 1],
    );
    assert.ok(names.every((name) => rules(name).frozen === false));
  });

  test("with a rate share of its own a parameter moves by that share: one step of SGD", async (t) => {
    const world = await tinyWorld(t);
    const step = async (name: string, layerRateDecay: number): Promise<Map<string, Tensor>> => {
      const outputDirectory = world.path(name);
      const { model, train } = world;
      const settings = { optimizer: "sgd", schedule: "constant", warmupSteps: 0, weightDecay: 0 } as const;
      await fineTune({
        ...{ model, train, outputDirectory, ...settings, maxSteps: 1, learningRate: 0.1, dropout: 0 },
        layerRateDecay,
      });
      return new Map(await readSafetensorsFile(join(outputDirectory, "model.safetensors")));
    };
    const before = await readSafetensorsFile(join(world.model, "model.safetensors"));
    const [whole, half] = [await step("whole", 1), await step("half", 0.5)];
    for (const [key, share] of [
      ["encoder.layer.1.output.dense.weight", 0.5],
      ["encoder.layer.0.output.dense.weight", 0.25],
    ] as const) {
      const distance = (after: Map<string, Tensor>): number =>
        Math.hypot(...numbers(after, `bert.${key}`).map((x, i) => x - numbers(before, key)[i]!));
      assert.ok(Math.abs(distance(half) / distance(whole) - share) < 1e-3, key);
    }
  });
});

function numbers(tensors: ReadonlyMap<string, Tensor>, name: string): number[] {
  const { dtype, data } = tensors.get(name)!;
  return [...toNumbers(dtype, data)];
}
