import { type JsonObject, NonFiniteError, OptionError } from "../base/index.js";
import { batchCountOf } from "../data/batches.js";
import type { EvaluationResult, RunState as TrainerState, TrainResult } from "../export/run-files.js";
import { greaterIsBetter } from "../metrics/index.js";
import type { AnyTrainingProblem, Evaluation, ItemOutput, TaskDefaults, TaskItem } from "../tasks/task.js";
import type { TokenizerFiles } from "../tokenizers/index.js";
import type { CarriedState } from "../training/gradient-graph.js";
import type { Trainer } from "../training/trainer.js";
import { type Fingerprint, pruneCheckpoints, type RunState, writeCheckpoint } from "./checkpoints.js";
import { comparedWords } from "./compared-words.js";
import type { RunContext, RunEvents } from "./events.js";
import type { FeatureCache } from "./feature-cache.js";
import type { FilledFineTuneOptions } from "./options.js";
import type { RowLayout } from "./row-layout.js";
import { drawItems, runItems, tokensOf } from "./run-items.js";
import type { RunLog } from "./run-log.js";
import { stepFeeds } from "./step-feeds.js";
import type { TrainingRows } from "./training-rows.js";

/** How long a run is. */
export interface RunPlan {
  /** The highest. */
  readonly learningRate: number;
  readonly batchSize: number;
  readonly evaluationBatchSize: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly warmupSteps: number;
}

/** What a run says of logging, evaluations and checkpoints. */
export type LoopOptions = Pick<
  FilledFineTuneOptions,
  "logEvery" | "evaluateEvery" | "saveEvery" | "saveTotalLimit" | "keepBest" | "bestMetric" | "patience"
>;

/** Rows that a model is tried on. */
export interface TrialSet {
  // biome-ignore lint/suspicious/noExplicitAny: examples of all tasks pass through here
  readonly examples: readonly any[];
  readonly items: readonly TaskItem[];
}

/** Everything a training run works with. */
export interface RunSetup {
  readonly options: LoopOptions;
  readonly seed: number;
  readonly outputDirectory: string;
  readonly plan: RunPlan;
  readonly problem: AnyTrainingProblem;
  readonly rows: TrainingRows;
  readonly validation: TrialSet | undefined;
  /** How items are laid out in rows. */
  readonly layout: RowLayout;
  /** Whether the best model so far is kept as a checkpoint. */
  readonly savesBest: boolean;
  /** What the frozen part of the model gives for the training rows, where it is computed once. */
  readonly features?: FeatureCache | undefined;
  /** What the model carries from part to part of a running text. */
  readonly state: readonly CarriedState[];
  readonly trainer: Trainer;
  /** Writes the predictions of a problem whose predictions are texts, with the weights as they stand. */
  readonly writer:
    | ((items: readonly TaskItem[], outputs: readonly ItemOutput[]) => Promise<ItemOutput[]>)
    | undefined;
  readonly log: RunLog;
  readonly fingerprint: Fingerprint;
  /** What checkpoints carry beside weights and state. */
  readonly config: () => JsonObject;
  readonly files: TokenizerFiles;
  readonly names: ReadonlyMap<string, string>;
}

/** What a run says of its length and its rate. */
type LengthOfRun = Pick<
  FilledFineTuneOptions,
  | ("batchSize" | "evaluationBatchSize" | "accumulationSteps" | "epochs" | "maxSteps")
  | ("warmupSteps" | "warmupRatio" | "learningRate")
>;

/** How many steps a run has, from what is asked for and how much data there is. */
export function planRun(
  options: LengthOfRun,
  itemCount: number,
  defaults: Pick<TaskDefaults, "batchSize" | "epochs" | "learningRate" | "learningRateFromScratch">,
  isNew: boolean,
): RunPlan {
  const batchSize = options.batchSize ?? defaults.batchSize;
  const batchCount = batchCountOf({ lengths: { length: itemCount }, batchSize, seed: 0 });
  const stepsPerEpoch = Math.ceil(batchCount / options.accumulationSteps);
  const epochs = options.epochs ?? defaults.epochs;
  const totalSteps = options.maxSteps ?? Math.max(1, Math.round(stepsPerEpoch * epochs));
  const warmupSteps = options.warmupSteps ?? Math.ceil(totalSteps * options.warmupRatio);
  const usualRate = isNew ? defaults.learningRateFromScratch : undefined;
  return {
    batchSize,
    learningRate: options.learningRate ?? usualRate ?? defaults.learningRate,
    evaluationBatchSize: options.evaluationBatchSize ?? Math.max(32, batchSize),
    stepsPerEpoch,
    totalSteps,
    warmupSteps,
  };
}

/**
 * Train from `state` to the end, to an early stop, or until the signal; `state` is kept up to date. Returns how the model
 * that the run keeps did on the validation rows, where it was tried there in full.
 */
export async function trainRun(
  setup: RunSetup,
  state: RunState,
  { events, signal }: RunContext,
): Promise<Trial | undefined> {
  const { options, plan, rows, problem, trainer, log, layout, seed } = setup;
  let clock = performance.now();
  let kept: { readonly step: number; readonly trial: Trial } | undefined;
  const keptTrial = (): Trial | undefined => {
    const isKept = kept?.step === (options.keepBest ? state.best?.step : state.step);
    if (kept === undefined || !isKept) return undefined;
    // as Python's eval_results.json has it, which is written after training
    const result = { ...kept.trial.result, epoch: state.step / plan.stepsPerEpoch };
    return { ...kept.trial, result };
  };
  const evaluate = async (epoch: number): Promise<boolean> => {
    const { trial, isBest, isWhole } = await evaluateNow(setup, state, epoch, events);
    if (isWhole && (isBest || !options.keepBest)) kept = { step: state.step, trial };
    return isBest;
  };
  while (state.step < plan.totalSteps && !state.stopped) {
    const epoch = Math.floor(state.step / plan.stepsPerEpoch);
    const items: (readonly TaskItem[])[] = [];
    for (const batch of rows.batchesOf(state.step))
      items.push(await drawItems(trainer.learner, problem, batch, { seed, step: state.step + 1, layout }));
    const result = await step(setup, items, rows.startsAnew(state.step));

    const now = performance.now();
    const stepSeconds = (now - clock) / 1000;
    clock = now;
    const tokens = tokensOf(items.flat());
    state.step++;
    state.seconds += stepSeconds;
    state.rowsSeen += items.flat().length;
    state.tokensSeen += tokens;
    for (const sum of [state.loggedLoss, state.evaluatedLoss, state.totalLoss]) {
      sum.sum += result.loss;
      sum.count++;
    }
    const epochNow = state.step / plan.stepsPerEpoch;
    events?.progress?.({
      phase: "train",
      done: state.step,
      total: plan.totalSteps,
      epoch: epoch + 1,
      epochs: Math.ceil(plan.totalSteps / plan.stepsPerEpoch),
      loss: state.loggedLoss.sum / state.loggedLoss.count,
      learningRate: result.learningRate,
      tokensPerSecond: tokens / stepSeconds,
    });

    const epochEnds = state.step % plan.stepsPerEpoch === 0 || state.step === plan.totalSteps;
    const due = (every: number | "epoch"): boolean =>
      every === "epoch" ? epochEnds : state.step % every === 0 || state.step === plan.totalSteps;
    const trainLoss = state.loggedLoss.count > 0 ? state.loggedLoss.sum / state.loggedLoss.count : undefined;
    if (state.step % options.logEvery === 0 || state.step === plan.totalSteps) {
      const entry = {
        kind: "train",
        epoch: epochNow,
        step: state.step,
        loss: trainLoss!,
        gradientNorm: result.gradientNorm,
        learningRate: result.learningRate,
      } as const;
      state.history.push(entry);
      state.loggedLoss = { sum: 0, count: 0 };
      await log.add(entry);
    }
    let isBest = false;
    if (setup.validation !== undefined && due(options.evaluateEvery)) {
      isBest = await evaluate(epochNow);
      clock = performance.now();
    }
    const interrupted = signal?.aborted ?? false;
    if (due(options.saveEvery) || (isBest && setup.savesBest) || interrupted || state.stopped) {
      await save(setup, state);
      clock = performance.now();
    }
    if (interrupted) return keptTrial();
  }
  if (setup.validation !== undefined && state.step === 0) await evaluate(0);
  return keptTrial();
}

/** One step; a loss that is not a number names the rows that gave it. */
async function step(
  { trainer, problem, layout, features }: Pick<RunSetup, "trainer" | "problem" | "layout" | "features">,
  batches: readonly (readonly TaskItem[])[],
  startsAnew: boolean,
): ReturnType<Trainer["step"]> {
  const feeds = stepFeeds(problem, batches, layout);
  for (const [i, items] of batches.entries())
    for (const [name, tensor] of (await features?.feedsOf(items)) ?? []) feeds[i]!.set(name, tensor);
  try {
    return await trainer.step(feeds, { startsAnew });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NonFiniteError") throw error;
    const rows = [...new Set(batches.flat().map(({ example }) => example + 1))].slice(0, 12);
    throw new NonFiniteError(
      `${error.message}, on training examples ${rows.join(", ")}${rows.length === 12 ? ", ..." : ""}; the weights were not touched`,
      {
        hint: "lower --learning-rate, or look at these rows; the last checkpoint is whole",
      },
    );
  }
}

/** How a finished or half-trained model does on a set. */
export interface Trial {
  readonly evaluation: Evaluation;
  readonly loss: number | undefined;
  readonly predictions: readonly unknown[];
  readonly result: EvaluationResult;
}

interface TrialOptions {
  /** The graph that is run. Default `evaluation`. */
  readonly program?: string;
  readonly findThresholds: boolean;
  /** Whether texts that are predictions are written; else they are only told how likely they are. */
  readonly writes: boolean;
  readonly epoch: number | undefined;
  readonly events?: RunEvents | undefined;
}

/** Try the model on a set, as it stands. */
export async function tryOn(
  {
    problem,
    trainer,
    writer,
    plan,
    layout,
    state,
  }: Pick<RunSetup, "problem" | "trainer" | "writer" | "plan" | "layout" | "state">,
  set: TrialSet,
  { program = "evaluation", findThresholds, writes, epoch, events }: TrialOptions,
): Promise<Trial> {
  const started = performance.now();
  const run = await runItems(trainer.learner, program, problem, set.items, {
    batchSize: plan.evaluationBatchSize,
    layout,
    withLoss: true,
    state,
    events,
  });
  const written = writes ? await writer?.(set.items, run.outputs) : undefined;
  const predictions = problem.decide(set.examples, set.items, written ?? run.outputs, { findThresholds });
  const words = written === undefined ? undefined : await comparedWords(problem, set.examples, events);
  const evaluation = problem.evaluate(set.examples, predictions, words);
  const seconds = (performance.now() - started) / 1000;
  const result = {
    epoch,
    loss: run.loss,
    metrics: evaluation.metrics,
    seconds,
    rowCount: set.examples.length,
    batchCount: run.batchCount,
  };
  return { evaluation, loss: run.loss, predictions, result };
}

async function evaluateNow(
  setup: RunSetup,
  state: RunState,
  epoch: number,
  events: RunEvents | undefined,
): Promise<{ readonly trial: Trial; readonly isBest: boolean; readonly isWhole: boolean }> {
  const { options, problem, log, writer } = setup;
  const { name, greater } = bestMetric(options, problem);
  const writes = name !== "loss" && name !== "perplexity"; // writing takes long: while training, only if it decides
  const trial = await tryOn(setup, setup.validation!, { findThresholds: true, writes, epoch, events });
  const { evaluation, loss, result } = trial;
  const value = name === "loss" ? loss : evaluation.metrics[name];
  if (value === undefined)
    throw new OptionError(
      `--best-metric: expected one of loss, ${Object.keys(evaluation.metrics).join(", ")}, got ${name}`,
    );
  const best = state.best === undefined || isBetter(value, state.best.metric, greater);
  if (best) state.best = { metric: value, step: state.step, checkpoint: `checkpoint-${state.step}` };
  state.evaluationsSinceBest = best ? 0 : state.evaluationsSinceBest + 1;
  if (options.patience !== undefined && state.evaluationsSinceBest >= options.patience) state.stopped = true;
  const { sum, count } = state.evaluatedLoss;
  const trainLoss = count > 0 ? sum / count : undefined;
  state.evaluatedLoss = { sum: 0, count: 0 };
  const entry = { kind: "evaluation", step: state.step, result } as const;
  state.history.push(entry);
  await log.add(entry);
  events?.evaluation?.({
    epoch,
    step: state.step,
    trainLoss,
    loss: loss ?? Number.NaN,
    metrics: evaluation.metrics,
    primaryMetric: name,
    best,
  });
  return { trial, isBest: best, isWhole: writes || writer === undefined };
}

/** A number is better than none: a correlation of equal predictions is NaN, which JSON gives back as null. */
function isBetter(value: number, before: number | null, greater: boolean): boolean {
  if (before === null || Number.isNaN(before)) return !Number.isNaN(value);
  return greater ? value > before : value < before;
}

/** The metric by which the best model is kept. */
export function bestMetric(
  options: Pick<FilledFineTuneOptions, "bestMetric">,
  problem: AnyTrainingProblem,
): { name: string; greater: boolean } {
  const name = options.bestMetric?.replace(/^eval_/, "");
  if (name === undefined || name === problem.primaryMetric.name)
    return { name: problem.primaryMetric.name, greater: problem.primaryMetric.greaterIsBetter };
  return { name, greater: greaterIsBetter(name) };
}

async function save(setup: RunSetup, state: RunState): Promise<void> {
  const { outputDirectory, trainer, options, fingerprint, config, files, names } = setup;
  const trainerState = trainerStateOf(setup, state);
  await writeCheckpoint(outputDirectory, trainer.learner, {
    state,
    trainerState,
    fingerprint,
    config: config(),
    files,
    names,
  });
  await pruneCheckpoints(outputDirectory, options.saveTotalLimit, state.best?.checkpoint);
}

/** The state in the form of Python's trainer_state.json. */
export function trainerStateOf({ plan, options, savesBest }: RunSetup, state: RunState): TrainerState {
  const { best } = state;
  return {
    epoch: state.step / plan.stepsPerEpoch,
    step: state.step,
    maxSteps: plan.totalSteps,
    epochCount: plan.totalSteps / plan.stepsPerEpoch,
    batchSize: plan.batchSize,
    loggingSteps: options.logEvery,
    ...(options.evaluateEvery === "epoch" ? {} : { evaluationSteps: options.evaluateEvery }),
    ...(options.saveEvery === "epoch" ? {} : { saveSteps: options.saveEvery }),
    tokensSeen: state.tokensSeen,
    best: best === undefined || savesBest ? best : { ...best, checkpoint: undefined },
    history: state.history,
  };
}

/** What training came to. */
export function trainResultOf({ plan, rows }: RunSetup, state: RunState): TrainResult {
  return {
    epoch: state.step / plan.stepsPerEpoch,
    loss: state.totalLoss.count > 0 ? state.totalLoss.sum / state.totalLoss.count : 0,
    seconds: state.seconds,
    rowCount: rows.rowCount,
    rowsSeen: state.rowsSeen,
    stepCount: state.step,
    tokensSeen: state.tokensSeen,
  };
}
