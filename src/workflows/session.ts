import { FileError, OptionError, Random, type Tensor } from "../base/index.js";
import type { Value } from "../engine/index.js";
import { leaves, nameOf } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import { type MatchedWeights, matchWeights, modelInputs, packedInputs } from "../models/index.js";
import { type AdaptedMatrix, type BuildMode, forInference, forTraining } from "../nn/index.js";
import { isTeachers } from "../tasks/distillation.js";
import type { AnyTrainingProblem, EncodeSettings, Overflow, TaskDefaults } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { CarriedState } from "../training/gradient-graph.js";
import { WorkerLearner } from "../training/worker-learner.js";
import { type Adapter, adaptGraph } from "./adapter.js";
import type { OpenModel } from "./open-model.js";
import type { InferenceOptions, LengthOptions } from "./options.js";
import { textBounds } from "./text-bounds.js";

/** The graphs of a model for a problem: one to learn, one to be tried. */
export interface ProblemGraphs {
  /** With dropout. */
  readonly trainingLoss: Value;
  /** What is computed in evaluation, without dropout: the head's outputs, or what the problem makes of them. */
  readonly heads: ReadonlyMap<string, Value>;
  readonly evaluationLoss: Value;
  /** Those of the model; a teacher's are not among them. */
  readonly parameters: readonly Value[];
  /** Where gradient checkpointing may cut the training graph. */
  readonly boundaries: readonly Value[];
  /** The matrices that an adapter stands beside. */
  readonly adapted: readonly AdaptedMatrix[];
  /** What is read before a step that hangs on it; undefined where none does. */
  readonly proposal: ReadonlyMap<string, Value> | undefined;
  /** What goes on from one part of a running text to the next. */
  readonly trainingState: readonly CarriedState[];
  readonly evaluationState: readonly CarriedState[];
}

/** Build the graphs of a model for a problem, with an adapter where there is one; `packs`: of several items a row. */
export function buildGraphs(
  model: OpenModel,
  problem: AnyTrainingProblem,
  { adapter, packs = false }: { readonly adapter?: Adapter | undefined; readonly packs?: boolean } = {},
): ProblemGraphs {
  const build = (mode: BuildMode): GraphSide => {
    const carriesState = model.network.carriesState ?? false;
    const plain = { ...(problem.inputs?.() ?? modelInputs(problem.head)), carriesState };
    const inputs = packs ? packedInputs(plain) : plain;
    const network = problem.network ?? model.network;
    const outputs = network.build(problem.head, problem.labelCount, inputs, mode);
    const heads = problem.evaluated?.(outputs) ?? outputs.heads;
    const { boundaries, state = [] } = outputs;
    const proposal = problem.proposal?.outputs(outputs);
    const side = { heads, loss: problem.loss(outputs, mode.training), boundaries, state, proposal };
    return adapter === undefined ? { ...side, adapted: [] } : adaptSide(side, adapter, mode);
  };
  const [evaluation, training] = [build(forInference()), build(forTraining())];
  return {
    trainingLoss: training.loss,
    heads: evaluation.heads,
    evaluationLoss: evaluation.loss,
    parameters: leaves([training.loss, ...evaluation.heads.values()], "parameter").filter(
      (value) => !isTeachers(nameOf(value)),
    ),
    boundaries: training.boundaries,
    adapted: training.adapted,
    proposal: evaluation.proposal,
    trainingState: training.state,
    evaluationState: evaluation.state,
  };
}

interface GraphSide {
  readonly heads: ReadonlyMap<string, Value>;
  readonly loss: Value;
  readonly boundaries: readonly Value[];
  readonly state: readonly CarriedState[];
  readonly proposal: ReadonlyMap<string, Value> | undefined;
  readonly adapted: readonly AdaptedMatrix[];
}

/** All values of a side at once, so that they stay values of one graph. */
function adaptSide(side: Omit<GraphSide, "adapted">, adapter: Adapter, mode: BuildMode): GraphSide {
  const values = new Map([
    ["loss", side.loss],
    ...[...side.heads].map(([name, value]) => [`head:${name}`, value] as const),
    ...side.boundaries.map((value, i) => [`boundary:${i}`, value] as const),
    ...side.state.map(({ name, output }) => [`state:${name}`, output] as const),
    ...[...(side.proposal ?? [])].map(([name, value]) => [`proposal:${name}`, value] as const),
  ]);
  const { outputs, matrices } = adaptGraph(values, adapter, mode);
  return {
    loss: outputs.get("loss")!,
    heads: new Map([...side.heads.keys()].map((name) => [name, outputs.get(`head:${name}`)!])),
    boundaries: side.boundaries.map((_, i) => outputs.get(`boundary:${i}`)!),
    state: side.state.map((slot) => ({ ...slot, output: outputs.get(`state:${slot.name}`)! })),
    proposal:
      side.proposal &&
      new Map([...side.proposal.keys()].map((name) => [name, outputs.get(`proposal:${name}`)!])),
    adapted: matrices,
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

/** The weights of a model that is finished: none may be missing. */
export async function finishedWeights(
  model: OpenModel,
  parameters: readonly Value[],
): Promise<ReadonlyMap<string, Tensor>> {
  const { weights, newParameters } = await loadWeights(model, parameters, 0);
  if (newParameters.length === 0) return weights;
  throw new FileError(
    model.directory,
    `expected weights for ${newParameters.map((name) => model.architecture.names.foreign(name)).join(", ")}, found none`,
    {
      hint: "the weights are not those of the head that config.json names",
    },
  );
}

/** Start the thread in which parameters are used without being learnt. */
export function startLearner(options: InferenceOptions, parameters: readonly Value[]): WorkerLearner {
  const slots = parameters.map((value) => ({
    name: nameOf(value),
    shape: value.shape as readonly number[],
    group: 0,
  }));
  return new WorkerLearner({ runtime: runtimeSpec(options), slots, groupCount: 1 });
}

/** Take over the weights of a finished model, and compile a graph with them, laid out as they are read fastest. */
export async function prepareUse(
  learner: WorkerLearner,
  model: OpenModel,
  key: string,
  outputs: ReadonlyMap<string, Value>,
): Promise<void> {
  await learner.takeParameters(await finishedWeights(model, leaves([...outputs.values()], "parameter")));
  await learner.prepareForward(key, outputs, { fixed: true });
}

/** All results; where one fails, what holds a thread is closed once the others are done. */
export async function orClose<Results extends readonly unknown[]>(
  thread: { close(): Promise<void> },
  work: { readonly [Key in keyof Results]: Promise<Results[Key]> },
): Promise<Results> {
  const settled = await Promise.allSettled(work);
  const failed = settled.find((result) => result.status === "rejected");
  if (failed === undefined)
    return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as Results;
  await thread.close();
  throw failed.reason;
}

/** How texts are encoded in a run: what is asked for, within what model and tokenizer allow. */
export function encodeSettings(
  options: LengthOptions,
  defaults: TaskDefaults,
  model: OpenModel,
  tokenizer: Tokenizer,
): EncodeSettings {
  const maxLength = longestInput(options, defaults, model, tokenizer);
  const overflow: Overflow = options.onOverflow ?? defaults.overflow;
  const stride = options.stride ?? defaults.stride ?? Math.min(128, Math.floor(maxLength / 3));
  const { decoderInput } = model.network;
  return {
    maxLength,
    overflow,
    stride,
    ...textBounds(model.config, tokenizer),
    ...(decoderInput === undefined ? {} : { decoderInput }),
  };
}

/** The longest input in tokens: what is asked for, within what the model takes. */
export function longestInput(
  { maxLength }: Pick<LengthOptions, "maxLength">,
  defaults: Pick<TaskDefaults, "maxLength">,
  { network }: Pick<OpenModel, "network">,
  { modelMaxLength = Infinity }: Pick<Tokenizer, "modelMaxLength">,
): number {
  if (maxLength !== undefined && maxLength > network.maxLength)
    throw new OptionError(
      `--max-length: expected at most ${network.maxLength}, the positions of the model, got ${maxLength}`,
    );
  return maxLength ?? Math.min(defaults.maxLength, network.maxLength, modelMaxLength);
}

/** The runtime that options name. */
export function runtimeSpec({ runtime, precision, device, threads }: InferenceOptions): RuntimeSpec {
  if (precision === "bf16" && runtime !== "openvino" && runtime !== "auto")
    throw new OptionError(`--precision bf16: expected --runtime openvino, got ${runtime ?? "onnxruntime"}`);
  if (precision === "int8" && runtime !== undefined && runtime !== "onnxruntime")
    throw new OptionError(`--precision int8: expected --runtime onnxruntime, got ${runtime}`);
  return {
    ...(precision === undefined ? {} : { precision }),
    ...(runtime === undefined ? {} : { name: runtime }),
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/** The id that fills up rows. */
export function paddingIdOf(tokenizer: Tokenizer): number {
  return tokenizer.special.pad?.id ?? 0;
}
