import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random, type Tensor, toNumbers } from "../base/index.js";
import { gradient, leaves, nameOf, referenceRuntime, type Value } from "../engine/index.js";
import { architectureOf, matchWeights } from "../models/index.js";
import { forInference } from "../nn/index.js";
import type { PaddedBatch } from "../tokenizers/index.js";
import { type MaskingOptions, maskedLmFeeds, maskedLmInputs, maskedLmLoss, maskTokens } from "./masked-lm.js";

const options: MaskingOptions = { maskId: 4, vocabularySize: 1000, isSpecial: (id) => id < 5 };

/** Rows of `[CLS] text [SEP] [PAD]...`, of random ids from 5 up. */
function textBatch(size: number, length: number, vocabularySize = 1000): PaddedBatch {
  const random = new Random(7);
  const ids = new Int32Array(size * length);
  const mask = new Int32Array(size * length);
  for (let row = 0; row < size; row++) {
    const textLength = length - 2 - (row % 3);
    ids[row * length] = 2;
    for (let i = 1; i <= textLength; i++) ids[row * length + i] = 5 + random.integer(vocabularySize - 5);
    ids[row * length + textLength + 1] = 3;
    mask.fill(1, row * length, row * length + textLength + 2);
  }
  return { size, length, ids, mask, typeIds: new Int32Array(size * length) };
}

describe("maskTokens", () => {
  const batch = textBatch(512, 128);
  const textCount = batch.ids.filter((id) => id >= 5).length;
  const masked = maskTokens(batch, options, 1, 1);

  test("chooses 15 %: 80 % masked, 10 % random, 10 % kept", () => {
    const fates = { masked: 0, random: 0, kept: 0 };
    masked.predictedRows.forEach((place, i) => {
      const now = masked.ids[place]!;
      fates[now === options.maskId ? "masked" : now === masked.labels[i] ? "kept" : "random"]++;
    });
    const count = masked.labels.length;
    // bounds of five standard deviations around the expected share
    const near = (value: number, share: number, of: number): void =>
      assert.ok(
        Math.abs(value / of - share) < 5 * Math.sqrt((share * (1 - share)) / of),
        `${value} of ${of}`,
      );
    near(count, 0.15, textCount);
    near(fates.masked, 0.8, count);
    near(fates.random, 0.1, count);
    near(fates.kept, 0.1, count);
  });

  test("labels are what stood there, all else stays, special tokens and padding are never chosen", () => {
    const chosen = new Set(masked.predictedRows);
    assert.equal(chosen.size, masked.labels.length);
    masked.predictedRows.forEach((place, i) => {
      assert.equal(masked.labels[i], batch.ids[place]);
      assert.ok(batch.ids[place]! >= 5 && batch.mask[place] === 1);
    });
    batch.ids.forEach((id, place) => {
      if (!chosen.has(place)) assert.equal(masked.ids[place], id);
    });
  });

  test("padding is not chosen whatever its id, and the batch given is not changed", () => {
    const padded = { ids: new Int32Array(400).fill(9), mask: new Int32Array(400).fill(1, 0, 200) };
    const { predictedRows } = maskTokens(padded, options, 1, 1);
    assert.ok(predictedRows.length > 0 && predictedRows.every((place) => place < 200));
    assert.ok(padded.ids.every((id) => id === 9));
  });

  test("random tokens are spread over the vocabulary", () => {
    const random = Array.from(masked.predictedRows, (place) => masked.ids[place]!).filter(
      (id, i) => id !== options.maskId && id !== masked.labels[i],
    );
    const mean = random.reduce((sum, id) => sum + id, 0) / random.length;
    assert.ok(Math.abs(mean - 500) < (5 * 289) / Math.sqrt(random.length), `mean ${mean}`);
    assert.ok(Math.max(...random) < 1000 && Math.min(...random) >= 0);
  });

  test("the same seed and step give the same batch, another of either another one", () => {
    const places = (seed: number, step: number): string =>
      maskTokens(batch, options, seed, step).predictedRows.join();
    assert.deepEqual(maskTokens(batch, options, 1, 1), masked);
    assert.notEqual(places(1, 2), places(1, 1));
    assert.notEqual(places(2, 1), places(1, 1));
  });

  test("a short text has one token to be guessed; none at all is an error", () => {
    const short = { ids: Int32Array.of(2, 77, 3), mask: Int32Array.of(1, 1, 1) };
    for (let step = 0; step < 50; step++)
      assert.deepEqual([...maskTokens(short, options, 1, step).predictedRows], [1]);
    const empty = { ids: Int32Array.of(2, 3, 0), mask: Int32Array.of(1, 1, 0) };
    assert.throws(() => maskTokens(empty, options, 1, 1), { name: "DataError" });
  });
});

describe("maskedLmLoss", () => {
  const config = {
    model_type: "bert",
    vocab_size: 20,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 16,
    max_position_embeddings: 8,
  };
  const architecture = architectureOf(config, "config");
  const network = architecture.readConfig(config, "config");
  const batch = textBatch(4, 8, 20);
  const masked = maskTokens(batch, { ...options, vocabularySize: 20, rate: 0.3 }, 3, 1);
  const feeds = maskedLmFeeds(batch, masked);
  const inputs = maskedLmInputs();
  const loss = maskedLmLoss(network.build("masked-lm", 0, inputs, forInference()));
  const parameters = leaves([loss], "parameter");
  const { weights } = matchWeights(architecture, parameters, new Map(), new Random(5), "nowhere");

  test("is the mean cross-entropy of the hidden tokens, as from logits at every place", async () => {
    const { predictedRows: _, ...everywhere } = inputs;
    const logits = network.build("masked-lm", 0, everywhere, forInference()).heads.get("logits")!;
    const outputs = await run({ loss, logits }, new Map([...feeds, ...weights]));
    const all = numbers(outputs, "logits"); // [batch, sequence, vocabulary]
    let expected = 0;
    masked.predictedRows.forEach((place, i) => {
      const row = all.subarray(place * 20, (place + 1) * 20);
      const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
      expected += (Math.log(total) - row[masked.labels[i]!]!) / masked.labels.length;
    });
    assert.ok(masked.labels.length > 1);
    assert.ok(Math.abs(numbers(outputs, "loss")[0]! - expected) < 1e-6);
  });

  test("micro-batches weighted by the step's count add up to the whole", async () => {
    const lossOf = async (totalCount?: number): Promise<number> => {
      const fed = maskedLmFeeds(batch, masked, totalCount);
      return numbers(await run({ loss }, new Map([...fed, ...weights])), "loss")[0]!;
    };
    assert.ok(Math.abs((await lossOf(masked.labels.length * 4)) - (await lossOf()) / 4) < 1e-6);
  });

  test("falls when its gradient is followed", async () => {
    const gradients = gradient(loss, parameters).map((value) => value!);
    const values = new Map(weights);
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) {
      const named = Object.fromEntries(gradients.map((value, i) => [nameOf(parameters[i]!), value]));
      const outputs = await run({ ...named, "the loss": loss }, new Map([...feeds, ...values]));
      losses.push(numbers(outputs, "the loss")[0]!);
      for (const [name, { shape, data }] of values) {
        const slope = numbers(outputs, name);
        values.set(name, { dtype: "float32", shape, data: data.map((x, i) => x - 0.5 * slope[i]!) });
      }
    }
    assert.ok(Math.abs(losses[0]! - Math.log(20)) < 0.2, `starts at ${losses[0]}`);
    assert.ok(losses.at(-1)! < 0.6 * losses[0]!, `${losses[0]} to ${losses.at(-1)}`);
  });
});

async function run(
  outputs: Readonly<Record<string, Value>>,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const program = await referenceRuntime().compile(new Map(Object.entries(outputs)));
  return program.run(feeds);
}

function numbers(outputs: ReadonlyMap<string, Tensor>, name: string): Float64Array {
  const { dtype, data } = outputs.get(name)!;
  return toNumbers(dtype, data);
}
