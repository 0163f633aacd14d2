import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toyCorpus, toyTokenizer } from "../../../test/toy-corpus.js";
import { int64, Random, type Tensor } from "../../base/index.js";
import { leaves, referenceRuntime } from "../../engine/index.js";
import { architectureOf, matchWeights, modelInputs } from "../../models/index.js";
import { forInference } from "../../nn/index.js";
import { bidirectionalLm } from "./index.js";

const tokenizer = toyTokenizer();

describe("language modelling from both sides", () => {
  test("what is told of rows of any length is the loss they are learnt by", async () => {
    const config = {
      ...{ model_type: "bi-lm", hidden_size: 8, num_hidden_layers: 1, initializer_range: 0.8 },
      vocab_size: tokenizer.vocabularySize,
    };
    const architecture = architectureOf(config, "config");
    const network = architecture.readConfig(config, "config");
    const problem = bidirectionalLm.open({ tokenizer, network, settings: {}, rows: { maxLength: 9 } });
    const corpus = toyCorpus(tokenizer, 4);
    const items = problem.encode([corpus.read(0, 9), corpus.read(9, 4), corpus.read(13, 1)]);
    const outputs = network.build(problem.head, 0, modelInputs(problem.head), forInference());
    const loss = problem.loss(outputs, false);
    const parameters = leaves([loss], "parameter");
    const { weights } = matchWeights(architecture, parameters, new Map(), new Random(1), "nowhere");
    const program = await referenceRuntime().compile(
      new Map([["loss", loss], ...problem.evaluated!(outputs)]),
    );
    const padded = (of: (item: (typeof items)[number], i: number) => number): Tensor =>
      int64(
        [3, 9],
        items.flatMap((item) => Array.from({ length: 9 }, (_, i) => of(item, i))),
      );
    const got = await program.run(
      new Map<string, Tensor>([
        ...weights,
        ["ids", padded(({ encoding }, i) => encoding.ids[i] ?? 0)],
        ["mask", padded(({ encoding }, i) => Number(i < encoding.ids.length))],
        ...problem.targets(items, 9, problem.weightOf(items)),
      ]),
    );
    const predictions = problem.decide([], items, problem.readOutputs(items, got));
    assert.deepEqual(
      predictions.map(({ guessCount }) => guessCount),
      [16, 6, 0],
    );
    const { perplexity } = problem.evaluate([], predictions).metrics;
    assert.ok(Math.abs(Math.log(perplexity!) - Number(got.get("loss")!.data[0])) < 1e-6);
  });
});
