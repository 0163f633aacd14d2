import { OptionError, Random, type Tensor } from "../base/index.js";
import type { Value } from "../engine/index.js";
import { leaves } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import { type MatchedWeights, type ModelOutputs, matchWeights, modelInputs } from "../models/index.js";
import { forInference, forTraining } from "../nn/index.js";
import type { AnyProblem, EncodeSettings, Overflow, TaskDefaults } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { OpenModel } from "./open-model.js";
import type { LengthOptions, MachineOptions } from "./options.js";

/** The graphs of a model for a problem: one to learn, one to be tried. */
export interface ProblemGraphs {
  /** With dropout. */
  readonly trainingLoss: Value;
  /** The head's outputs, without dropout. */
  readonly heads: ReadonlyMap<string, Value>;
  readonly evaluationLoss: Value;
  readonly parameters: readonly Value[];
  /** Where gradient checkpointing may cut the training graph. */
  readonly boundaries: readonly Value[];
}

/** Build the graphs of a model for a problem. */
export function buildGraphs(model: OpenModel, problem: AnyProblem): ProblemGraphs {
  const build = (training: boolean): ModelOutputs =>
    model.network.build(
      problem.head,
      problem.labelCount,
      modelInputs(problem.head),
      training ? forTraining() : forInference(),
    );
  const evaluation = build(false);
  const training = build(true);
  const trainingLoss = problem.loss(training);
  const evaluationLoss = problem.loss(evaluation);
  const parameters = leaves([trainingLoss, ...evaluation.heads.values()], "parameter");
  return {
    trainingLoss,
    heads: evaluation.heads,
    evaluationLoss,
    parameters,
    boundaries: training.boundaries,
  };
}

/** The checkpoint's weights for a problem's graphs; what it lacks is drawn by the seed. */
export async function loadWeights(
  model: OpenModel,
  parameters: readonly Value[],
  seed: number,
): Promise<MatchedWeights> {
  const checkpoint: Map<string, Tensor> = await model.readWeights();
  return matchWeights(
    model.architecture,
    parameters,
    checkpoint,
    new Random(seed).fork("initial weights"),
    model.directory,
  );
}

/** How texts are encoded in a run: what is asked for, within what model and tokenizer allow. */
export function encodeSettings(
  options: LengthOptions,
  defaults: TaskDefaults,
  model: OpenModel,
  tokenizer: Tokenizer,
): EncodeSettings {
  const limit = Math.min(model.network.maxLength, tokenizer.modelMaxLength ?? Infinity);
  if (options.maxLength !== undefined && options.maxLength > model.network.maxLength)
    throw new OptionError(
      `--max-length: expected at most ${model.network.maxLength}, the positions of the model, got ${options.maxLength}`,
    );
  const maxLength = options.maxLength ?? Math.min(defaults.maxLength, limit);
  const overflow: Overflow = options.onOverflow ?? defaults.overflow;
  return { maxLength, overflow, stride: options.stride ?? Math.min(128, Math.floor(maxLength / 4)) };
}

/** The runtime that options name. */
export function runtimeSpec({ runtime, device, threads }: MachineOptions): RuntimeSpec {
  return {
    ...(runtime === undefined ? {} : { name: runtime }),
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/** The id that fills up rows. */
export function paddingIdOf(tokenizer: Tokenizer): number {
  return tokenizer.special.pad?.id ?? 0;
}
