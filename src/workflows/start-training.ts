import { mkdir } from "node:fs/promises";
import { sizeOf, type Tensor } from "../base/index.js";
import { leaves, nameOf, type Value } from "../engine/index.js";
import type { AnyTrainingProblem } from "../tasks/task.js";
import { optimizers } from "../training/optimizers/index.js";
import { schedules } from "../training/schedules/index.js";
import { Trainer } from "../training/trainer.js";
import type { TrainerOptions } from "../training/trainer-options.js";
import { checkpointName, isTrainedBesideAdapter } from "./adapter.js";
import {
  type Fingerprint,
  findCheckpoint,
  freshState,
  keepBestCheckpoint,
  type RunState,
  readCheckpoint,
  removeCheckpoints,
} from "./checkpoints.js";
import type { RunEvents } from "./events.js";
import type { OpenModel } from "./open-model.js";
import type { FilledFineTuneOptions, FineTuneOptions, MachineOptions } from "./options.js";
import { type ParameterOptions, parameterRules } from "./parameter-rules.js";
import { evaluationOutputs } from "./run-items.js";
import { type RunLog, startRunLog } from "./run-log.js";
import { type ProblemGraphs, runtimeSpec } from "./session.js";
import type { RunPlan } from "./training-run.js";

/** What options say of how a model learns. */
export type LearningRules = ParameterOptions &
  MachineOptions &
  Pick<
    FilledFineTuneOptions,
    "optimizer" | "weightDecay" | "schedule" | "maxGradientNorm" | "gradientCheckpointing"
  > &
  Pick<FineTuneOptions, "optimizerState">;

/** What learns: a model, a problem, and how long. */
export interface LearningParts {
  readonly model: OpenModel;
  readonly problem: AnyTrainingProblem;
  readonly graphs: ProblemGraphs;
  readonly plan: RunPlan;
  readonly seed: number;
  /** Graphs to be run beside `evaluation`, by their key. */
  readonly forwards?: ReadonlyMap<string, ReadonlyMap<string, Value>>;
}

/** How a model learns a problem: all but its weights. */
export function trainerOptions(
  options: LearningRules,
  { model, problem, graphs, plan, seed, forwards = new Map() }: LearningParts,
): Omit<TrainerOptions, "weights"> {
  const reached = new Set(leaves([graphs.trainingLoss], "parameter").map(nameOf));
  return {
    loss: graphs.trainingLoss,
    forwards: new Map([
      ["evaluation", evaluationOutputs(graphs, true)],
      ...(graphs.proposal === undefined ? [] : ([["proposal", graphs.proposal]] as const)),
      ...forwards,
    ]),
    state: graphs.trainingState,
    ...(options.gradientCheckpointing ? { boundaries: graphs.boundaries } : {}),
    rules: parameterRules(
      options,
      model,
      graphs.parameters.map(nameOf),
      (name) =>
        reached.has(name) &&
        (graphs.adapted.length === 0 || isTrainedBesideAdapter(name, problem.head, model.architecture)),
    ),
    optimizer: optimizers[options.optimizer](options.weightDecay),
    ...(options.optimizerState === undefined ? {} : { optimizerState: options.optimizerState }),
    schedule: schedules[options.schedule](plan.learningRate, plan.warmupSteps, plan.totalSteps),
    ...(options.maxGradientNorm > 0 ? { maxGradientNorm: options.maxGradientNorm } : {}),
    seed,
    runtime: runtimeSpec(options),
  };
}

/** The trainer of a model that learns a problem. */
export function createTrainer(
  options: LearningRules,
  parts: LearningParts,
  weights: ReadonlyMap<string, Tensor>,
): Promise<Trainer> {
  return Trainer.create({ ...trainerOptions(options, parts), weights });
}

/** How many numbers weights have, all together. */
export function countParameters(weights: ReadonlyMap<string, Tensor>): number {
  return [...weights.values()].reduce((count, { shape }) => count + sizeOf(shape), 0);
}

/** The names that a run's parameters have in its checkpoints, by ours. */
export function checkpointNames(
  { parameters }: ProblemGraphs,
  { architecture }: OpenModel,
): Map<string, string> {
  return new Map(parameters.map((value) => [nameOf(value), checkpointName(nameOf(value), architecture)]));
}

/** Take up a run's checkpoint, or begin; and open its log. */
export async function takeUpRun(
  {
    outputDirectory,
    resume,
    keepBest,
  }: Pick<FilledFineTuneOptions, "outputDirectory" | "resume" | "keepBest">,
  trainer: Trainer,
  names: ReadonlyMap<string, string>,
  fingerprint: Fingerprint,
  events: RunEvents | undefined,
): Promise<{ readonly state: RunState; readonly checkpoint: string | undefined; readonly log: RunLog }> {
  await mkdir(outputDirectory, { recursive: true });
  const checkpoint = resume === false ? undefined : await findCheckpoint(outputDirectory, resume);
  const state =
    checkpoint === undefined
      ? freshState()
      : await readCheckpoint(checkpoint, trainer.learner, names, fingerprint);
  trainer.stepCount = state.step;
  if (checkpoint === undefined) await removeCheckpoints(outputDirectory);
  else {
    if (keepBest) await keepBestCheckpoint(checkpoint, outputDirectory, state);
    events?.note?.(`resumed from ${checkpoint}`);
  }
  return { state, checkpoint, log: await startRunLog(outputDirectory, state.history) };
}
