import type { RuntimeSpec } from "../../engine/runtimes/spec.js";
import { type HeldBytes, heldBytes, passBytes, stepBytes } from "../../training/memory-forecast.js";
import type { TrainingPlan } from "../../training/training-plan.js";
import { evaluationOutputs } from "../run-items.js";
import { stepFeeds } from "../step-feeds.js";
import type { PlannedRun } from "./planned-run.js";
import { largestBatch, type PlannedBatch, type RunBatches } from "./run-batches.js";

/** What a run takes in memory, in bytes. */
export interface MemoryForecast extends HeldBytes {
  /** Node, the program, the rows. */
  readonly process: number;
  /** The runtime, whatever it computes. */
  readonly runtime: number;
  /** What the largest batch keeps for its backward pass. */
  readonly training: number;
  /** What the largest batch of an evaluation takes beside it. */
  readonly evaluation: number;
  /** While the weights are read and handed over. */
  readonly start: number;
  /** The most of all times. */
  readonly peak: number;
}

/**
 * What a runtime takes by itself, and how much more than the results that are alive it holds. Found by steps of BERT in
 * two sizes (2 layers of 384 with 16 x 180 tokens, 12 layers of 768 with 8 x 128); `bench plan-error` tells how far off
 * a forecast is.
 */
const runtimeShares: Readonly<Record<"onnxruntime" | "openvino", { fixed: number; share: number }>> = {
  onnxruntime: { fixed: 100e6, share: 1.36 },
  openvino: { fixed: 375e6, share: 1.03 },
};

/** Weights lie in the file's bytes, twice on their way to the worker, and in its arrays. */
const copiesAtStart = 4;

/** Forecast the memory of a run with these batches, `processBytes` being what is taken without model. */
export function forecastMemory(
  { learning: { problem, graphs }, layout }: PlannedRun,
  training: TrainingPlan,
  batches: RunBatches,
  {
    runtime,
    accumulates,
    processBytes,
  }: {
    readonly runtime: RuntimeSpec["name"];
    readonly accumulates: boolean;
    readonly processBytes: number;
  },
): MemoryForecast {
  const { fixed, share } = runtimeShares[runtime === "openvino" ? "openvino" : "onnxruntime"];
  const held = heldBytes(training, accumulates);
  const feedsOf = ({ items }: PlannedBatch): ReturnType<typeof stepFeeds>[number] =>
    stepFeeds(problem, [problem.redraw?.(items, 0, 0) ?? items], layout)[0]!;
  const step = largestBatch(batches.steps.flat())!;
  const trial = largestBatch([...batches.validation, ...batches.test]);
  const carried = new Set(graphs.evaluationState.map(({ name }) => name));
  const parts = {
    ...held,
    process: processBytes,
    runtime: fixed,
    training: share * stepBytes(training, feedsOf(step)),
    evaluation:
      trial === undefined ? 0 : share * passBytes(evaluationOutputs(graphs, true), feedsOf(trial), carried),
  };
  const start = processBytes + fixed + copiesAtStart * held.parameters;
  const steady = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return { ...parts, start, peak: Math.max(start, steady) };
}
