import { createInterface } from "node:readline";
import type { Random, Tensor } from "../src/base/index.js";
import { leaves, nameOf, type Value } from "../src/engine/index.js";
import { openRuntime, type RuntimeSpec } from "../src/engine/runtimes/node.js";
import { type CarriedState, gradientGraph } from "../src/training/gradient-graph.js";
import { type Feeds, Learner } from "../src/training/learner.js";
import type { Optimizer } from "../src/training/optimizers/index.js";
import { updatePlan } from "../src/training/update-plan.js";

/** The flags of a side that say who computes, for `parseArgs`. */
export const runtimeFlags = {
  runtime: { type: "string", default: "onnxruntime" },
  precision: { type: "string", default: "fp32" },
  threads: { type: "string", default: "2" },
} as const;

/** The runtime that these flags name. */
export function flaggedRuntime(values: {
  readonly runtime: string;
  readonly precision: string;
  readonly threads: string;
}): RuntimeSpec {
  const { runtime, precision, threads } = values;
  return { name: runtime, precision, threads: Number(threads) } as RuntimeSpec;
}

/** A training step to be timed. */
export interface TimedTraining {
  readonly loss: Value;
  readonly boundaries?: readonly Value[];
  readonly state?: readonly CarriedState[];
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  /** Of matrices; biases and norms do not decay. */
  readonly weightDecay: number;
  readonly maxGradientNorm: number;
  readonly runtime: RuntimeSpec;
  readonly random: Random;
  /** A batch of random data. */
  draw(): Feeds;
  /** Whether drawing is a part of the step, as hiding tokens is. Default false. */
  readonly timesDrawing?: boolean;
}

/** Answer each line `step` on standard input with the seconds of one step; without a number of steps, until it ends. */
export async function answerSteps(training: TimedTraining, stepCount: number | undefined): Promise<void> {
  const { loss, optimizer, learningRate, random } = training;
  const parameters = leaves([loss], "parameter");
  const slots = parameters.map((value) => ({
    name: nameOf(value),
    shape: value.shape as number[],
    group: value.shape.length > 1 ? 0 : 1,
  }));
  const learner = new Learner(await openRuntime(training.runtime), slots, 2);
  learner.setParameters(initialWeights(parameters, random));
  const { outputs, plan } = gradientGraph(loss, parameters, training.boundaries, training.state);
  await learner.prepareTraining({ gradients: outputs, plan, update: updatePlan(optimizer, slots) });

  let step = 0;
  const timeStep = async (): Promise<string> => {
    step++;
    const before = performance.now();
    const feeds = training.draw();
    const start = training.timesDrawing ? before : performance.now();
    const { loss: value } = await learner.step({
      step,
      seed: 1,
      batches: [feeds],
      scalars: [training.weightDecay, 0].map((decay) => optimizer.scalars(step, learningRate, decay)),
      maxGradientNorm: training.maxGradientNorm,
    });
    const seconds = (performance.now() - start) / 1000;
    const memory = process.resourceUsage().maxRSS * 1024;
    return JSON.stringify({ seconds, loss: value, peakMemory: memory });
  };
  if (stepCount !== undefined) for (let i = 0; i < stepCount; i++) console.log(await timeStep());
  else
    for await (const line of createInterface({ input: process.stdin }))
      if (line === "step") console.log(await timeStep());
  await learner.close();
}

/** Small uniform weights where the graph says no fixed value. */
function initialWeights(parameters: readonly Value[], random: Random): Map<string, Tensor> {
  const initial = new Map<string, Tensor>();
  for (const { source, shape } of parameters) {
    if (source.kind !== "parameter") continue;
    const start = source.initial;
    const data = new Float32Array((shape as number[]).reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++)
      data[i] = start.kind === "fill" ? start.value : (random.uniform() - 0.5) * 0.07;
    initial.set(source.name, { dtype: "float32", shape: shape as number[], data });
  }
  return initial;
}
