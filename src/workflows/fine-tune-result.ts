import type { Spread } from "../metrics/index.js";
import type { Evaluation } from "../tasks/task.js";
import type { Taught } from "./compare-with-teacher.js";
import type { RunPlan } from "./training-run.js";

/** How a run that trained ended. */
export interface TrainingResult {
  readonly outputDirectory: string;
  /** Of the saved model on the validation rows: `accuracy`, `macro_f1`, ...; empty where there are none. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly evaluation: Evaluation | undefined;
  readonly trainLoss: number;
  readonly steps: number;
  readonly seconds: number;
  /** The run was ended by its signal; `checkpoint` tells where it can be taken up. */
  readonly interrupted: boolean;
  readonly checkpoint: string | undefined;
  /** Nothing was trained: a dry run. */
  readonly dryRun: boolean;
  readonly plan: RunPlan;
  /** What lies in the output directory, by what it is. */
  readonly files: Readonly<Record<string, string>>;
}

/** How fine-tuning ended. */
export interface FineTuneResult extends TrainingResult {
  /** On the test rows, where there are some. */
  readonly testMetrics: Readonly<Record<string, number>> | undefined;
  /** Where there was a teacher: it and the student on the validation rows. */
  readonly taught?: Taught;
  /** Mean and spread, where several seeds were asked for. */
  readonly seeds: SeedSummary | undefined;
}

/** Several runs that differ in their seed only. */
export interface SeedSummary {
  readonly seeds: readonly number[];
  /** The seed whose model is kept. */
  readonly bestSeed: number;
  /** Mean and spread of each metric. */
  readonly metrics: Readonly<Record<string, Spread>>;
}
