import { type Json, type JsonObject, OptionError } from "../base/index.js";
import type { AnyProblem, EncodeSettings } from "../tasks/task.js";
import type { LoadedRows } from "./load-data.js";
import type { FilledFineTuneOptions } from "./options.js";
import type { RunPlan } from "./training-run.js";

/** Options that change nothing about what is learnt, or that the fingerprint has by content. */
const unlearned: ReadonlySet<string> = new Set([
  ...["outputDirectory", "overwrite", "resume", "dryRun", "saveTotalLimit", "logEvery", "offline", "dtype"],
  ...[
    "threads",
    "runtime",
    "device",
    "train",
    "validation",
    "test",
    "dataDirectory",
    "model",
    "tokenizer",
    "seeds",
  ],
]);

/** All that decides what is learnt, of the options in force; a resumed run must have it the same. */
export function learningOptions(resolved: Readonly<Record<string, Json | undefined>>): JsonObject {
  const entries = Object.entries(resolved).filter(
    ([key, value]) => !unlearned.has(key) && value !== undefined,
  );
  return Object.fromEntries(entries) as JsonObject;
}

/** All options as they are in force in a run. */
export function optionsInForce(
  options: FilledFineTuneOptions,
  seed: number,
  {
    plan,
    settings,
    loaded: { task },
  }: { readonly plan: RunPlan; readonly settings: EncodeSettings; readonly loaded: LoadedRows },
): Record<string, Json | undefined> {
  return {
    ...(options as unknown as Record<string, Json | undefined>),
    task: task.name,
    seed,
    batchSize: plan.batchSize,
    evaluationBatchSize: plan.evaluationBatchSize,
    epochs: options.epochs ?? task.defaults.epochs,
    learningRate: plan.learningRate,
    warmupSteps: plan.warmupSteps,
    maxLength: settings.maxLength,
    onOverflow: settings.overflow,
    stride: settings.stride,
  };
}

/** Refuse what a problem would take no notice of. */
export function checkLearning(
  { labelSmoothing = 0, crf = false }: FilledFineTuneOptions,
  problem: AnyProblem,
): void {
  if (crf && problem.chainsTags !== true)
    throw new OptionError(`--crf: expected tags of words to be learnt, got ${problem.description}`, {
      hint: "it is for token-classification",
    });
  if (labelSmoothing > 0 && problem.smoothsLabels !== true)
    throw new OptionError(
      `--label-smoothing: expected 0, since ${problem.description} does not smooth labels`,
      {
        hint: "it is for texts to be written: translation, summarisation, dialogue",
      },
    );
}
