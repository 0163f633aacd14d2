// Our side of the comparison of recurrent training steps: answers each line `step` on standard input with the seconds
// that one step of a language model took: dropout 0.5, state carried on, backward, clipping, gradient descent.
import { parseArgs } from "node:util";
import { float32, int64, Random, type Tensor } from "../src/base/index.js";
import { input } from "../src/engine/index.js";
import { architectureOf, modelInputs } from "../src/models/index.js";
import { forTraining } from "../src/nn/index.js";
import { labelLoss } from "../src/objectives/losses.js";
import type { Feeds } from "../src/training/learner.js";
import { sgd } from "../src/training/optimizers/index.js";
import { answerSteps, flaggedRuntime, runtimeFlags } from "./step-server.js";

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "20" },
    sequence: { type: "string", default: "35" },
    layers: { type: "string", default: "2" },
    hidden: { type: "string", default: "512" },
    vocabulary: { type: "string", default: "10000" },
    cell: { type: "string", default: "lstm" },
    ...runtimeFlags,
    steps: { type: "string" },
  },
});
const [batch, sequence, vocabulary] = [
  Number(values.batch),
  Number(values.sequence),
  Number(values.vocabulary),
];
const config = {
  ...{
    model_type: "lstm-lm",
    cell_type: values.cell,
    vocab_size: vocabulary,
    hidden_size: Number(values.hidden),
  },
  ...{ num_hidden_layers: Number(values.layers), dropout: 0.5 },
};
const random = new Random(1);
const network = architectureOf(config, "config").readConfig(config, "config");
const inputs = { ...modelInputs("causal-lm"), carriesState: true };
const { heads, state } = network.build("causal-lm", 0, inputs, forTraining());
const symbols = ["batch", "sequence"];
const loss = labelLoss(heads.get("logits")!, input("labels", symbols, "int64"), input("weights", symbols));

function draw(): Feeds {
  const ids = (): Tensor =>
    int64(
      [batch, sequence],
      Array.from({ length: batch * sequence }, () => random.integer(vocabulary)),
    );
  const weights = new Float32Array(batch * sequence).fill(1 / (batch * sequence));
  return new Map([
    ["ids", ids()],
    ["labels", ids()],
    ["weights", float32([batch, sequence], weights)],
  ]);
}

await answerSteps(
  {
    ...{ loss, state: state!, draw, random, runtime: flaggedRuntime(values) },
    ...{ optimizer: sgd(), learningRate: 1, weightDecay: 0, maxGradientNorm: 0.25 },
  },
  values.steps === undefined ? undefined : Number(values.steps),
);
