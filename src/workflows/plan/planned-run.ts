import type { Tensor } from "../../base/index.js";
import type { RowLayout } from "../row-layout.js";
import type { LearningParts } from "../start-training.js";
import type { BatchSizes, RunBatches } from "./run-batches.js";

/** A run as a forecast sees it, whatever it learns from. */
export interface PlannedRun {
  /** `text-classification`, `masked-lm`: what is learnt. */
  readonly task: string;
  readonly learning: LearningParts;
  readonly layout: RowLayout;
  /** Of the training rows, or of some of them, in tokens. */
  readonly lengths: readonly number[];
  /** Whether there are rows that the model is tried on while it learns. */
  readonly isTried: boolean;
  /** What it writes beside checkpoints and model, in bytes: the corpus as tokens. */
  readonly corpusBytes: number;
  batchesOf(sizes: BatchSizes): RunBatches;
  readWeights(): Promise<ReadonlyMap<string, Tensor>>;
}
