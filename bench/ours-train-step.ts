// Our side of the training-step comparison: answers each line `step` on standard input with the seconds that one
// step of BERT-base took, as it is really run: dropout 0.1, padded mask, backward, clipping, AdamW.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { int64, Random, type Tensor } from "../src/base/index.js";
import { input, leaves, nameOf } from "../src/engine/index.js";
import { onnxRuntime } from "../src/engine/runtimes/onnxruntime-node.js";
import { architectureOf } from "../src/models/index.js";
import { forTraining } from "../src/nn/index.js";
import { labelLoss } from "../src/objectives/losses.js";
import { gradientGraph } from "../src/training/gradient-graph.js";
import { Learner } from "../src/training/learner.js";
import { adamW } from "../src/training/optimizers/index.js";
import { updatePlan } from "../src/training/update-plan.js";

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "8" },
    sequence: { type: "string", default: "128" },
    layers: { type: "string", default: "12" },
    hidden: { type: "string", default: "768" },
    threads: { type: "string", default: "2" },
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
const parameters = leaves([loss], "parameter");
const optimizer = adamW();
const slots = parameters.map((value) => ({
  name: nameOf(value),
  shape: value.shape as number[],
  group: value.shape.length > 1 ? 0 : 1,
}));
const learner = new Learner(onnxRuntime({ threads: Number(values.threads) }), slots, 2);
const initial = new Map<string, Tensor>();
for (const value of parameters) {
  const { initial: start, name } = value.source as {
    name: string;
    initial: { kind: string; value?: number; deviation?: number };
  };
  const size = slots.find((slot) => slot.name === name)!.shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++)
    data[i] = start.kind === "fill" ? start.value! : (random.uniform() - 0.5) * 0.07;
  initial.set(name, { dtype: "float32", shape: value.shape as number[], data });
}
learner.setParameters(initial);
const { outputs, plan } = gradientGraph(loss, parameters, values.recompute ? boundaries : []);
await learner.prepareTraining({
  gradients: outputs,
  plan,
  update: updatePlan(optimizer, slots),
});

let step = 0;
async function timeStep(): Promise<string> {
  step++;
  const lengths = Array.from({ length: batch }, () => sequence / 2 + random.integer(sequence / 2 + 1));
  const at = (i: number): boolean => i % sequence < lengths[Math.floor(i / sequence)]!;
  const grid = (make: (i: number) => number): Tensor =>
    int64(
      [batch, sequence],
      Array.from({ length: batch * sequence }, (_, i) => make(i)),
    );
  const feeds = new Map<string, Tensor>([
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
  const start = performance.now();
  const { loss: value } = await learner.step({
    step,
    seed: 1,
    batches: [feeds],
    scalars: [optimizer.scalars(step, 2e-5, 0.01), optimizer.scalars(step, 2e-5, 0)],
    maxGradientNorm: 1,
  });
  const seconds = (performance.now() - start) / 1000;
  const memory = process.resourceUsage().maxRSS * 1024;
  return JSON.stringify({ seconds, loss: value, peakMemory: memory });
}

if (values.steps !== undefined) for (let i = 0; i < Number(values.steps); i++) console.log(await timeStep());
else
  for await (const line of createInterface({ input: process.stdin }))
    if (line === "step") console.log(await timeStep());
await learner.close();
