// Our side of the training-step comparison: answers each line `step` on standard input with the seconds that one
// step of BERT-base took, as it is really run: dropout 0.1, padded mask, backward, clipping, AdamW.
import { parseArgs } from "node:util";
import { int64, Random, type Tensor } from "../src/base/index.js";
import { input } from "../src/engine/index.js";
import { architectureOf } from "../src/models/index.js";
import { forTraining } from "../src/nn/index.js";
import { labelLoss } from "../src/objectives/losses.js";
import type { Feeds } from "../src/training/learner.js";
import { adamW } from "../src/training/optimizers/index.js";
import { answerSteps, flaggedRuntime, runtimeFlags } from "./step-server.js";

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "8" },
    sequence: { type: "string", default: "128" },
    layers: { type: "string", default: "12" },
    hidden: { type: "string", default: "768" },
    ...runtimeFlags,
    steps: { type: "string" },
    "no-dropout": { type: "boolean", default: false },
    recompute: { type: "boolean", default: false },
  },
});
const [batch, sequence, hidden] = [Number(values.batch), Number(values.sequence), Number(values.hidden)];
const rate = values["no-dropout"] ? 0 : 0.1;
const config = {
  model_type: "bert",
  vocab_size: 30522,
  hidden_size: hidden,
  num_hidden_layers: Number(values.layers),
  num_attention_heads: 12,
  intermediate_size: 4 * hidden,
  max_position_embeddings: 512,
  hidden_dropout_prob: rate,
  attention_probs_dropout_prob: rate,
};
const random = new Random(1);
const network = architectureOf(config, "config").readConfig(config, "config");
const inputs = {
  ids: input("ids", ["batch", "sequence"], "int64"),
  mask: input("mask", ["batch", "sequence"], "int64"),
  typeIds: input("typeIds", ["batch", "sequence"], "int64"),
};
const { heads, boundaries } = network.build("sequence-classification", 2, inputs, forTraining());
const loss = labelLoss(
  heads.get("logits")!,
  input("labels", ["batch"], "int64"),
  input("weights", ["batch"]),
);

function draw(): Feeds {
  const lengths = Array.from({ length: batch }, () => sequence / 2 + random.integer(sequence / 2 + 1));
  const at = (i: number): boolean => i % sequence < lengths[Math.floor(i / sequence)]!;
  const grid = (make: (i: number) => number): Tensor =>
    int64(
      [batch, sequence],
      Array.from({ length: batch * sequence }, (_, i) => make(i)),
    );
  return new Map<string, Tensor>([
    ["ids", grid((i) => (at(i) ? 1000 + random.integer(29000) : 0))],
    ["mask", grid((i) => Number(at(i)))],
    ["typeIds", grid(() => 0)],
    [
      "labels",
      int64(
        [batch],
        Array.from({ length: batch }, () => random.integer(2)),
      ),
    ],
    ["weights", { dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(1 / batch) }],
  ]);
}

await answerSteps(
  {
    ...{ loss, draw, random, runtime: flaggedRuntime(values) },
    ...(values.recompute ? { boundaries } : {}),
    ...{ optimizer: adamW(), learningRate: 2e-5, weightDecay: 0.01, maxGradientNorm: 1 },
  },
  values.steps === undefined ? undefined : Number(values.steps),
);
