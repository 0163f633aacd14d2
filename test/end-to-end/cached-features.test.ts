import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Tensor, toNumbers } from "../../src/base/index.js";
import { gradient, leaves, nameOf, referenceRuntime, type Value } from "../../src/engine/index.js";
import { readSafetensorsFile } from "../../src/hub/index.js";
import type { AnyProblem } from "../../src/tasks/task.js";
import { textClassification } from "../../src/tasks/text-classification.js";
import { fillFeatureCache } from "../../src/workflows/feature-cache.js";
import { withFeatures } from "../../src/workflows/feature-graphs.js";
import { type FineTuneOptions, fineTune } from "../../src/workflows/index.js";
import { openModel } from "../../src/workflows/open-model.js";
import { openTokenizer } from "../../src/workflows/open-tokenizer.js";
import { parameterRules } from "../../src/workflows/parameter-rules.js";
import { lengthOf, modelFeeds } from "../../src/workflows/row-layout.js";
import { buildGraphs, loadWeights } from "../../src/workflows/session.js";
import { tinyFamilies, tinyMaxLength, writeTinyFamily } from "./tiny-families.js";
import { temporaryFolder, tinyRows, tinyWorld } from "./tiny-model.js";

const settings = { packing: false, cacheFeatures: true } as const;

/** Loss and gradients of what is trained, as a list of numbers a name, in float64. */
async function run(values: ReadonlyMap<string, Value>, feeds: ReadonlyMap<string, Tensor>) {
  const program = await referenceRuntime().compile(values);
  const results = await program.run(feeds);
  return new Map([...results].map(([name, { dtype, data }]) => [name, [...toNumbers(dtype, data)]]));
}

describe("what is frozen, computed once, gives the loss and the gradients of computing it in each step", () => {
  for (const modelType of Object.keys(tinyFamilies))
    for (const freezeLayers of [1, "all"] as const)
      test(`${modelType}, ${freezeLayers} frozen`, async (t) => {
        const directory = await writeTinyFamily(await temporaryFolder(t), modelType);
        const model = await openModel(directory, { changes: { dropout: 0 } });
        const tokenizer = await openTokenizer({ tokenizer: directory });
        const examples = tinyRows(5, 2).map((row) => ({ ...textClassification.exampleOf(row.text), ...row }));
        const problem = textClassification.learn(examples, {}) as AnyProblem;
        const items = problem.encode(examples, tokenizer, {
          ...{ maxLength: tinyMaxLength, overflow: "truncate", stride: 0 },
        });
        const graphs = buildGraphs(model, problem);
        const cut = withFeatures({ ...settings, freezeLayers }, model, problem, graphs);
        assert.ok(cut.features.length > 0);
        const { weights } = await loadWeights(model, graphs.parameters, 1);
        const feeds = new Map([
          ...weights,
          ...modelFeeds(items, model.config["pad_token_id"] as number),
          ...problem.targets(items, lengthOf(items), items.length),
        ]);
        const rules = parameterRules({ freezeLayers }, model, graphs.parameters.map(nameOf));
        const trained = leaves([cut.graphs.trainingLoss], "parameter").filter(
          (value) => rules(nameOf(value)).frozen !== true,
        );
        const of = (loss: Value): Map<string, Value> => {
          const values = gradient(loss, trained).map((value, i) => [nameOf(trained[i]!), value!] as const);
          return new Map([["loss", loss], ...values]);
        };
        const expected = await run(of(graphs.trainingLoss), feeds);
        const forward = new Map(cut.features.map(({ name, value }) => [name, value]));
        const program = await referenceRuntime().compile(forward);
        const kept = [...(await program.run(feeds))].map(([name, { data }], i) => {
          const { ofTokens, sizes } = cut.features[i]!;
          const shape = [items.length, ...(ofTokens ? [lengthOf(items)] : []), ...sizes];
          return [name, { dtype: "float64", shape, data } as Tensor] as const;
        });
        const got = await run(of(cut.graphs.trainingLoss), new Map([...feeds, ...kept]));
        for (const [name, numbers] of expected)
          for (const [i, number] of numbers.entries())
            assert.ok(Math.abs(number - got.get(name)![i]!) < 1e-10, `${name} ${i}`);
        if (freezeLayers === "all")
          assert.ok([...got.keys()].every((name) => !/layers|embeddings|groups/.test(name)));
      });
});

describe("runs with features that are kept", () => {
  const options = {
    ...{ threads: 1, maxSteps: 12, batchSize: 8, learningRate: 2e-3, dropout: 0, freezeLayers: 1 },
  } satisfies Partial<FineTuneOptions>;

  test("come to the same as runs without", async (t) => {
    const { model, train, validation, path } = await tinyWorld(t);
    const runs = await Promise.all(
      [false, true].map((cacheFeatures) =>
        fineTune({
          ...{ ...options, model, train, validation, cacheFeatures },
          outputDirectory: path(String(cacheFeatures)),
        }),
      ),
    );
    assert.deepEqual(runs[1]!.metrics, runs[0]!.metrics);
    assert.ok(Math.abs(runs[1]!.trainLoss - runs[0]!.trainLoss) < 1e-5);
    const [a, b] = await Promise.all(
      runs.map(({ outputDirectory }) => readSafetensorsFile(join(outputDirectory, "model.safetensors"))),
    );
    for (const [name, { data }] of a!)
      for (const [i, number] of (data as Float32Array).entries())
        assert.ok(Math.abs(number - Number(b!.get(name)!.data[i])) < 1e-4, `${name} ${i}`);
  });

  test("dropout stays above the frozen part and is off in it", async (t) => {
    const { model: path } = await tinyWorld(t);
    const model = await openModel(path);
    const examples = tinyRows(5, 2).map((row) => ({ ...textClassification.exampleOf(row.text), ...row }));
    const problem = textClassification.learn(examples, {}) as AnyProblem;
    const graphs = buildGraphs(model, problem);
    const masks = (value: Value): number =>
      leaves([value], "input").filter(({ source }) => source.kind === "input" && source.mask !== undefined)
        .length;
    const cut = withFeatures({ ...settings, freezeLayers: "all" }, model, problem, graphs);
    assert.equal(masks(cut.graphs.trainingLoss), 1); // of what the classifier reads
    for (const { value } of cut.features) assert.equal(masks(value), 0);
    assert.ok(masks(graphs.trainingLoss) > 3);
  });

  test("with nothing frozen, or with packing, there is nothing to keep", async (t) => {
    const { model, train, path } = await tinyWorld(t);
    const asked = { ...options, model, train, outputDirectory: path("run"), cacheFeatures: true };
    const { freezeLayers: _, ...free } = asked;
    await assert.rejects(fineTune(free), { name: "OptionError", message: /expected frozen layers below/ });
    await assert.rejects(fineTune({ ...asked, packing: true }), { message: /rows of one text each/ });
  });
});

describe("a cache of features", () => {
  test("gives the same from memory and from a file, which is gone afterwards", async (t) => {
    const directory = await temporaryFolder(t);
    const items = [3, 5, 2, 4].map((length, example) => ({
      example,
      encoding: {
        ...{ ids: new Int32Array(length).fill(example + 1), typeIds: new Int32Array(length) },
        ...{ truncatedCount: 0, unknownCount: 0 },
      },
    }));
    // of each text its first id, of each token its id twice
    const learner = {
      async forward(_key: string, feeds: ReadonlyMap<string, Tensor>) {
        const { shape, data } = feeds.get("ids")!;
        const [batch, length] = shape as [number, number];
        const first = Float32Array.from({ length: batch }, (_, i) => Number(data[i * length]));
        const twice = Float32Array.from({ length: 2 * data.length }, (_, i) => Number(data[i >> 1]));
        return new Map<string, Tensor>([
          ["a", { dtype: "float32", shape: [batch, 1], data: first }],
          ["b", { dtype: "float32", shape: [batch * length, 2], data: twice }],
        ]);
      },
    };
    const value = undefined as unknown as Value; // nothing is compiled here
    const features = [
      { name: "a", value, ofTokens: false, sizes: [1] },
      { name: "b", value, ofTokens: true, sizes: [2] },
    ];
    for (const memoryBound of [0, 1000]) {
      const cache = await fillFeatureCache(learner, "features", features, items, {
        ...{ batchSize: 3, layout: { paddingId: 9 }, directory, memoryBound },
      });
      assert.equal(cache.isOnDisk, memoryBound === 0);
      assert.equal(cache.byteCount, 4 * (4 + 2 * 14));
      const feeds = await cache.feedsOf([items[2]!, items[0]!]);
      assert.deepEqual(feeds.get("a"), { dtype: "float32", shape: [2, 1], data: Float32Array.of(3, 1) });
      assert.deepEqual(feeds.get("b")!.shape, [2, 3, 2]);
      assert.deepEqual([...feeds.get("b")!.data], [3, 3, 3, 3, 0, 0, 1, 1, 1, 1, 1, 1]);
      assert.deepEqual(await readdir(directory), memoryBound === 0 ? ["features.cache"] : []);
      await cache.close();
      assert.deepEqual(await readdir(directory), []);
    }
  });
});
