import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, int64, Random, type Tensor } from "../../src/base/index.js";
import {
  add,
  gradient,
  input,
  leaves,
  multiply,
  nameOf,
  referenceRuntime,
  reshape,
  sum,
  type Value,
} from "../../src/engine/index.js";
import {
  architectureOf,
  type Head,
  type ModelInputs,
  matchWeights,
  modelInputs,
  type Network,
  packedInputs,
} from "../../src/models/index.js";
import { forTraining, pool, poolings } from "../../src/nn/index.js";
import { maskedLmInputs, maskedLmLoss } from "../../src/objectives/index.js";
import { labelLoss } from "../../src/objectives/losses.js";
import { evaluate, fineTune, loadEmbedder, predict } from "../../src/workflows/index.js";
import { packedFeeds } from "../../src/workflows/packed-feeds.js";
import { modelFeeds } from "../../src/workflows/row-layout.js";
import { tinyFamilies, tinyMaxLength, writeTinyFamily } from "./tiny-families.js";
import { temporaryFolder, tinyRows, tinyWorld } from "./tiny-model.js";

const vocabularySize = 40;

/** Texts of unlike lengths, some of them pairs. */
const items = [9, 3, 5, 12, 4, 7, 2].map((length, text) => {
  const random = new Random(text);
  const ids = Int32Array.from({ length }, () => 6 + random.integer(vocabularySize - 6));
  const typeIds = Int32Array.from({ length }, (_, i) => Number(text % 2 === 1 && i > length / 2));
  return { encoding: { ids, typeIds, truncatedCount: 0, unknownCount: 0 }, example: text };
});
const longest = 12;

/** A network of a family without dropout, with weights for it. */
function openFamily(modelType: string): { network: Network; weightsOf(roots: Value[]): Map<string, Tensor> } {
  const { config } = tinyFamilies[modelType]!;
  const whole = { ...config, model_type: modelType, vocab_size: vocabularySize };
  const architecture = architectureOf(whole, modelType);
  const still = { ...whole, ...architecture.overrides({ dropout: 0 }) };
  return {
    network: architecture.readConfig(still, modelType),
    weightsOf: (roots) => {
      const parameters = leaves(roots, "parameter");
      return new Map(matchWeights(architecture, parameters, new Map(), new Random(3), modelType).weights);
    },
  };
}

/** What each head is trained by: a graph of the loss, what it is fed beside the texts, and the outputs to compare. */
const trials: Readonly<Record<string, (network: Network, inputs: ModelInputs) => Trial>> = {
  "sequence-classification": (network, inputs) => {
    const { heads } = network.build("sequence-classification", 3, inputs, forTraining());
    const logits = heads.get("logits")!;
    const loss = labelLoss(logits, input("labels", ["batch"], "int64"), input("weights", ["batch"]));
    return { loss, outputs: [logits], feeds: labelFeeds([items.length], 3) };
  },
  "token-classification": (network, inputs) => {
    const { heads } = network.build("token-classification", 3, inputs, forTraining());
    const logits = heads.get("logits")!;
    const labels = input("labels", ["batch", "sequence"], "int64");
    const loss = labelLoss(logits, labels, input("weights", ["batch", "sequence"]));
    return { loss, outputs: [], feeds: labelFeeds([items.length, longest], 3, isToken) };
  },
  "masked-lm": (network, inputs) => {
    const { predictedRows } = maskedLmInputs();
    const outputs = network.build(
      "masked-lm",
      0,
      { ...inputs, predictedRows: predictedRows! },
      forTraining(),
    );
    const places = [1, 14, 38, 44, 73];
    const feeds = labelFeeds([places.length], vocabularySize);
    feeds.set("predictedRows", int64([places.length], places));
    return { loss: maskedLmLoss(outputs), outputs: [outputs.heads.get("logits")!], feeds };
  },
  none: (network, inputs) => {
    const { lastHidden } = network.build("none", 0, inputs, forTraining());
    const vectors = poolings.map((pooling) => pool(lastHidden, inputs.packing?.mask ?? inputs.mask, pooling));
    const loss = vectors.map((vector) => reshape(sum(multiply(vector, vector)), [])).reduce(add);
    return { loss, outputs: vectors, feeds: new Map() };
  },
};

interface Trial {
  readonly loss: Value;
  readonly outputs: readonly Value[];
  readonly feeds: Map<string, Tensor>;
}

function isToken(place: number): boolean {
  return place % longest < items[Math.floor(place / longest)]!.encoding.ids.length;
}

/** Labels, each with a weight of its own where it counts. */
function labelFeeds(
  shape: readonly number[],
  labelCount: number,
  counts: (place: number) => boolean = () => true,
): Map<string, Tensor> {
  const size = shape.reduce((a, b) => a * b, 1);
  const all = Array.from({ length: size }, (_, i) => i);
  return new Map<string, Tensor>([
    [
      "labels",
      int64(
        shape,
        all.map((i) => (7 * i) % labelCount),
      ),
    ],
    [
      "weights",
      float32(
        shape,
        all.map((i) => (counts(i) ? (1 + (i % 3)) / size : 0)),
      ),
    ],
  ]);
}

/** Loss, outputs and the gradient of each parameter, in float64. */
async function run(
  modelType: string,
  head: string,
  inputs: ModelInputs,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const { network, weightsOf } = openFamily(modelType);
  const { loss, outputs, feeds: labels } = trials[head]!(network, inputs);
  const parameters = leaves([loss], "parameter");
  const gradients = gradient(loss, parameters);
  const results = new Map<string, Value>([["loss", loss]]);
  for (const [i, value] of outputs.entries()) results.set(`output ${i}`, value);
  for (const [i, value] of gradients.entries()) results.set(nameOf(parameters[i]!), value!);
  const program = await referenceRuntime().compile(results);
  return program.run(new Map([...feeds, ...labels, ...weightsOf([loss, ...outputs])]));
}

const packing = Object.keys(tinyFamilies).filter((modelType) => openFamily(modelType).network.packs === true);

describe("several texts in a row give what each gives in a row of its own, in float64", () => {
  test("by all families but those whose tokens see their neighbours in another way", () => {
    assert.deepEqual(
      Object.keys(tinyFamilies).filter((modelType) => !packing.includes(modelType)),
      ["xlnet"],
    );
  });

  for (const modelType of packing)
    for (const head of Object.keys(trials))
      test(`${modelType}, ${head}`, async () => {
        const plain = head === "masked-lm" ? maskedLmInputs() : modelInputs(head as Head);
        const padding = Number(tinyFamilies[modelType]!.config["pad_token_id"]);
        const limits = { maxLength: tinyMaxLength, hiddenSize: 16 };
        const feeds = packedFeeds(items, padding, limits);
        assert.ok(feeds.get("ids")!.shape[0]! < items.length);
        const expected = await run(modelType, head, plain, modelFeeds(items, padding));
        const got = await run(modelType, head, packedInputs(plain), feeds);
        assert.deepEqual([...got.keys()], [...expected.keys()]);
        let largest = 0;
        for (const [name, tensor] of expected) {
          const other = got.get(name)!;
          assert.deepEqual([...other.shape], [...tensor.shape], name);
          tensor.data.forEach((value: number | bigint, i: number) => {
            largest = Math.max(largest, Math.abs(Number(value)));
            assert.ok(Math.abs(Number(value) - Number(other.data[i])) < 1e-10, `${name} ${i}`);
          });
        }
        assert.ok(largest > 1e-3); // there was something to compare
      });
});

describe("packing in runs", () => {
  test("fine-tuning, evaluation and prediction come to the same", async (t) => {
    const world = await tinyWorld(t);
    const { model, train, validation } = world;
    const options = {
      model,
      train,
      validation,
      threads: 1,
      maxSteps: 12,
      batchSize: 8,
      learningRate: 2e-3,
      dropout: 0,
    };
    const [plain, packed] = [
      await fineTune({ ...options, outputDirectory: world.path("plain") }),
      await fineTune({ ...options, outputDirectory: world.path("packed"), packing: true, bucketing: true }),
    ];
    assert.deepEqual(packed.metrics, plain.metrics);
    assert.ok(Math.abs(packed.trainLoss - plain.trainLoss) < 1e-4, `${packed.trainLoss} ${plain.trainLoss}`);
    const tried = { model: plain.outputDirectory, data: validation, threads: 1 };
    const [one, several] = [await evaluate(tried), await evaluate({ ...tried, packing: true, batchSize: 3 })];
    assert.deepEqual(several.metrics, one.metrics);
    assert.ok(Math.abs(several.loss! - one.loss!) < 1e-5);
    const inputs = tinyRows(9, 3).map(({ text }) => text);
    const asked = { model: plain.outputDirectory, inputs, threads: 1 };
    const [alone, together] = [await predict(asked), await predict({ ...asked, packing: true })];
    for (const [i, { score, label }] of alone.predictions.entries()) {
      assert.equal(together.predictions[i]!["label"], label);
      assert.ok(Math.abs(Number(together.predictions[i]!["score"]) - Number(score)) < 1e-5);
    }
  });

  test("embedding gives the same vectors in the order of the texts", async (t) => {
    const directory = await writeTinyFamily(await temporaryFolder(t), "modernbert");
    const texts = tinyRows(11, 4).map(({ text }) => text);
    const embed = async (packing: boolean): Promise<readonly Float32Array[]> => {
      const embedder = await loadEmbedder(directory, { packing, threads: 1, batchSize: 2 });
      t.after(() => embedder.close());
      return (await embedder.embed(texts)).map(({ embedding }) => embedding);
    };
    const [alone, together] = [await embed(false), await embed(true)];
    for (const [i, vector] of alone.entries())
      for (const [k, value] of vector.entries()) assert.ok(Math.abs(value - together[i]![k]!) < 1e-5);
  });

  test("a model whose texts would see each other is refused", async (t) => {
    const directory = await writeTinyFamily(await temporaryFolder(t), "xlnet");
    await assert.rejects(loadEmbedder(directory, { packing: true }), {
      name: "OptionError",
      message: /--packing: expected an encoder that keeps the texts of a row apart.*, got XLNet.* for none/,
    });
  });
});
