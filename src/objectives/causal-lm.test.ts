import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { int64, Random, type Tensor, toNumbers } from "../base/index.js";
import { leaves, referenceRuntime, type Value } from "../engine/index.js";
import { architectureOf, matchWeights, modelInputs } from "../models/index.js";
import { forInference } from "../nn/index.js";
import { causalLmInputs, causalLmLoss, causalLmLosses } from "./causal-lm.js";
import { guessedFeeds } from "./guessed-tokens.js";

const vocabularySize = 11;
const config = {
  ...{ model_type: "gpt2", vocab_size: vocabularySize, n_embd: 8, n_layer: 1, n_head: 2, n_positions: 8 },
  initializer_range: 0.5,
};
const architecture = architectureOf(config, "config");
const network = architecture.readConfig(config, "config");

/** Two texts of five and three tokens, padded to five; of the second only the last is to be guessed. */
const ids = [3, 1, 4, 1, 5, 9, 2, 6, 0, 0];
const mask = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
const rows = [
  { places: Int32Array.of(0, 1, 2, 3), labels: Int32Array.of(1, 4, 1, 5) },
  { places: Int32Array.of(1), labels: Int32Array.of(6) },
];
const given = new Map<string, Tensor>([
  ["ids", int64([2, 5], ids)],
  ["mask", int64([2, 5], mask)],
]);

describe("causalLmLoss", () => {
  const outputs = network.build("causal-lm", 0, causalLmInputs(), forInference());
  const [loss, losses] = [causalLmLoss(outputs), causalLmLosses(outputs)];
  const { weights } = matchWeights(
    architecture,
    leaves([loss], "parameter"),
    new Map(),
    new Random(5),
    "nowhere",
  );

  test("is the mean cross-entropy of what comes next, as from logits at every place", async () => {
    const logits = network
      .build("causal-lm", 0, modelInputs("causal-lm"), forInference())
      .heads.get("logits")!;
    const feeds = new Map([...given, ...guessedFeeds(rows, 5, 5), ...weights]);
    const results = await run({ loss, losses, logits }, feeds);
    const all = numbers(results, "logits"); // [batch, sequence, vocabulary]
    const expected = rows.flatMap(({ places, labels }, text) =>
      Array.from(places, (place, i) => {
        const start = (text * 5 + place) * vocabularySize;
        const scores = all.subarray(start, start + vocabularySize);
        const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
        return Math.log(total) - scores[labels[i]!]!;
      }),
    );
    numbers(results, "losses").forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) < 1e-9);
    });
    const mean = expected.reduce((a, b) => a + b, 0) / 5;
    assert.ok(Math.abs(numbers(results, "loss")[0]! - mean) < 1e-6);
  });

  test("micro-batches weighted by the step's count add up to the whole", async () => {
    const lossOf = async (texts: typeof rows, row: number, totalCount: number): Promise<number> => {
      const part = new Map(
        [...given].map(([name, { data }]) => [name, rowsOf(data as BigInt64Array, row, texts.length)]),
      );
      const feeds = new Map([...part, ...guessedFeeds(texts, 5, totalCount), ...weights]);
      return numbers(await run({ loss }, feeds), "loss")[0]!;
    };
    const parts = (await lossOf([rows[0]!], 0, 5)) + (await lossOf([rows[1]!], 1, 5));
    assert.ok(Math.abs(parts - (await lossOf(rows, 0, 5))) < 1e-6);
  });
});

function rowsOf(data: BigInt64Array, first: number, count: number): Tensor {
  return int64([count, 5], Array.from(data.subarray(first * 5, (first + count) * 5), Number));
}

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
