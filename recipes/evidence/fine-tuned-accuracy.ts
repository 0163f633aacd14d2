import { join } from "node:path";
import type { FineTuneResult } from "../../src/workflows/fine-tune.js";
import type { FineTuneOptions, MachineOptions } from "../../src/workflows/options.js";
import { type LabelledRows, writeRows } from "./labelled-tasks.js";
import { withProcessorSeconds } from "./processor-seconds.js";

/** What came of learning a task. */
export interface Learnt {
  /** On the validation rows. */
  readonly accuracy: number;
  readonly steps: number;
}

/** How long networks learn: few rows are gone over more often, many not to the end. */
export interface StepRange {
  readonly fewest: number;
  readonly most: number;
}

export interface LearningSettings {
  /** The network is learnt in this folder, which is written over. */
  readonly scratch: string;
  readonly steps: StepRange;
  readonly learningRate: number;
  readonly seed: number;
  /** What of a text the classifier reads. Default: what the model's config says. */
  readonly pooling?: FineTuneOptions["pooling"];
  readonly machine: Pick<MachineOptions, "runtime" | "precision" | "threads">;
}

/** Rows computed together, and how often they are gone over where neither end of a range is reached. */
export const rowsPerStep = 16;
const epochs = 3;
/** Tokens of a text that are read. */
export const longestText = 128;

/** How many steps are taken over so many rows. */
export function stepsFor(rowCount: number, { fewest, most }: StepRange): number {
  return Math.min(most, Math.max(fewest, Math.ceil((epochs * rowCount) / rowsPerStep)));
}

/**
 * Learn a task from rows and try what was learnt on the validation rows once, in the end: nothing is chosen by them. `run`
 * is fine-tuning or training from scratch.
 */
export async function fineTunedAccuracy(
  rows: LabelledRows,
  { scratch, steps, learningRate, seed, pooling, machine }: LearningSettings,
  run: (options: Omit<FineTuneOptions, "model">) => Promise<FineTuneResult>,
): Promise<Learnt> {
  const { train, validation } = await writeRows(join(scratch, "rows"), rows);
  const maxSteps = stepsFor(rows.train.length, steps);
  const { testMetrics } = await run({
    task: "text-classification",
    train,
    test: validation,
    outputDirectory: join(scratch, "run"),
    ...{ overwrite: true, keepBest: false, saveEvery: maxSteps, logEvery: maxSteps },
    ...{ maxLength: longestText, batchSize: rowsPerStep, maxSteps, learningRate, seed },
    ...(pooling === undefined ? {} : { pooling }),
    ...machine,
  });
  return { accuracy: testMetrics!["accuracy"]!, steps: maxSteps };
}

/** How models that are compared with each other are fine-tuned. */
export interface EqualTuning {
  readonly fineTuningSteps: number;
  readonly learningRate: number;
}

/** Learn a task in so many steps, however many rows there are, with the processor seconds that it took. */
export function tunedEqually(
  { rows, ...settings }: Omit<LearningSettings, "steps" | "learningRate"> & { readonly rows: LabelledRows },
  { fineTuningSteps, learningRate }: EqualTuning,
  run: (options: Omit<FineTuneOptions, "model">) => Promise<FineTuneResult>,
): Promise<Learnt & { readonly seconds: number }> {
  const steps = { fewest: fineTuningSteps, most: fineTuningSteps };
  return withProcessorSeconds(() => fineTunedAccuracy(rows, { ...settings, steps, learningRate }, run));
}
