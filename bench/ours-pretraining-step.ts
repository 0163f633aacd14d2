// Our side of the pre-training comparison: answers each line `step` on standard input with the seconds that one step
// of masked language modelling took: hiding tokens, forward, backward, clipping, AdamW.
import { parseArgs } from "node:util";
import { Random } from "../src/base/index.js";
import { architectureOf } from "../src/models/index.js";
import { forTraining } from "../src/nn/index.js";
import { maskedLmFeeds, maskedLmInputs, maskedLmLoss, maskTokens } from "../src/objectives/index.js";
import type { Feeds } from "../src/training/learner.js";
import { adamW } from "../src/training/optimizers/index.js";
import { answerSteps, flaggedRuntime, runtimeFlags } from "./step-server.js";

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "32" },
    sequence: { type: "string", default: "128" },
    layers: { type: "string", default: "4" },
    hidden: { type: "string", default: "256" },
    ...runtimeFlags,
    steps: { type: "string" },
  },
});
const [batch, sequence, hidden] = [Number(values.batch), Number(values.sequence), Number(values.hidden)];
const config = {
  model_type: "bert",
  vocab_size: 30522,
  hidden_size: hidden,
  num_hidden_layers: Number(values.layers),
  num_attention_heads: hidden / 64,
  intermediate_size: 4 * hidden,
};
/** Words of bert-base-uncased begin here; below are its special tokens and unused ones. */
const [firstWord, maskId] = [1000, 103];
const random = new Random(1);
const network = architectureOf(config, "config").readConfig(config, "config");
const outputs = network.build("masked-lm", 0, maskedLmInputs(), forTraining());

let step = 0;
function draw(): Feeds {
  const size = batch * sequence;
  const ids = Int32Array.from(
    { length: size },
    () => firstWord + random.integer(config.vocab_size - firstWord),
  );
  const mask = new Int32Array(size).fill(1);
  const isSpecial = (id: number): boolean => id < firstWord;
  const masking = { maskId, vocabularySize: config.vocab_size, isSpecial };
  const hiddenTokens = maskTokens({ ids, mask }, masking, 1, step++);
  return maskedLmFeeds(
    { size: batch, length: sequence, ids, mask, typeIds: new Int32Array(size) },
    hiddenTokens,
  );
}

await answerSteps(
  {
    ...{ loss: maskedLmLoss(outputs), draw, timesDrawing: true, random, runtime: flaggedRuntime(values) },
    ...{ optimizer: adamW(), learningRate: 1e-4, weightDecay: 0.01, maxGradientNorm: 1 },
  },
  values.steps === undefined ? undefined : Number(values.steps),
);
