import { OptionError } from "../base/errors.js";
import { sizeOf, type Tensor } from "../base/index.js";
import { leaves, nameOf, type Value } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import type { ParameterSlot } from "./arena.js";
import { type CarriedState, gradientGraph } from "./gradient-graph.js";
import type { StateFormat } from "./kept-states/index.js";
import type { Feeds, StepResult } from "./learner.js";
import type { Optimizer } from "./optimizers/index.js";
import { groupParameters, type ParameterGroup, type ParameterRule } from "./parameter-groups.js";
import type { Schedule } from "./schedules/index.js";
import { stateByteCount, updatePlan } from "./update-plan.js";
import { WorkerLearner } from "./worker-learner.js";

export interface TrainerOptions {
  /** A scalar; the parameters it depends on are trained. */
  readonly loss: Value;
  /** Graphs over the same parameters for evaluation, by a key of your choice. */
  readonly forwards?: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** Where the parameters start. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly optimizer: Optimizer;
  /** How the optimizer's states are kept: in 32, 16 or 8 bits. Default `fp32`. */
  readonly optimizerState?: StateFormat;
  readonly schedule: Schedule;
  /** How a parameter is trained, where it differs from the others; by its name. */
  readonly rules?: (name: string) => ParameterRule;
  /** Values of the forward pass between which it is computed twice, to save memory; default: none, it is kept. */
  readonly boundaries?: readonly Value[];
  /** What a recurrent model carries from step to step (`ModelOutputs.state`); default: nothing. */
  readonly state?: readonly CarriedState[];
  /** Larger gradients are scaled down to this norm; default: none are. */
  readonly maxGradientNorm?: number;
  /** Decides the dropout masks. Default 42. */
  readonly seed?: number;
  readonly runtime?: RuntimeSpec;
}

export interface TrainerStep extends StepResult {
  readonly step: number;
  readonly learningRate: number;
}

/** What steps read of the options; the weights, which the worker has by then, are let go. */
type StepOptions = Pick<TrainerOptions, "optimizer" | "schedule" | "maxGradientNorm" | "seed">;

/** Parameters in training: they live in a worker thread, so all that touches them is asynchronous. */
export class Trainer {
  /** The parameters' keeper, for evaluation, reading and saving. */
  readonly learner: WorkerLearner;
  readonly parameterNames: readonly string[];
  /** How many numbers are trained. */
  readonly trainedCount: number;
  /** What the optimizer keeps from step to step, in bytes. */
  readonly optimizerStateSize: number;
  /** Steps done; set it when training is resumed. */
  stepCount = 0;
  readonly #options: StepOptions;
  readonly #groups: readonly ParameterGroup[];

  private constructor(
    options: StepOptions,
    groups: readonly ParameterGroup[],
    learner: WorkerLearner,
    slots: readonly ParameterSlot[],
    optimizerStateSize: number,
  ) {
    this.optimizerStateSize = optimizerStateSize;
    this.#options = options;
    this.#groups = groups;
    this.learner = learner;
    this.parameterNames = slots.map(({ name }) => name);
    this.trainedCount = slots.reduce(
      (sum, { shape, group }) => sum + (group === "frozen" ? 0 : sizeOf(shape)),
      0,
    );
  }

  /**
   * Start the worker, compile the graphs and set the weights. Matrices decay by the optimizer's weight decay; biases
   * and norms, which have one axis, do not.
   */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { loss, forwards = new Map(), optimizer, optimizerState = "fp32", weights, runtime = {} } = options;
    const all = leaves(
      [loss, ...[...forwards.values()].flatMap((outputs) => [...outputs.values()])],
      "parameter",
    );
    const { groups, slots } = groupParameters(all, options.rules);
    const frozen = new Set(slots.filter(({ group }) => group === "frozen").map(({ name }) => name));
    const trained = leaves([loss], "parameter").filter((value) => !frozen.has(nameOf(value)));
    if (trained.length === 0)
      throw new OptionError("expected parameters to train, got a loss that depends on frozen ones only");
    const { outputs, plan } = gradientGraph(loss, trained, options.boundaries, options.state);
    const tables = new Set(plan.scatters.map(({ parameter }) => parameter));
    const update = updatePlan(optimizer, slots, { format: optimizerState, tables });
    const learner = new WorkerLearner({ runtime, slots, groupCount: groups.length });
    try {
      await learner.setParameters(new Map(slots.map(({ name }) => [name, weights.get(name)!])));
      await learner.prepareTraining({
        gradients: outputs,
        plan,
        update,
      });
      for (const [key, graph] of forwards) await learner.prepareForward(key, graph);
    } catch (error) {
      await learner.close();
      throw error;
    }
    const { schedule, maxGradientNorm, seed } = options;
    const stepOptions: StepOptions = {
      ...{ optimizer, schedule },
      ...(maxGradientNorm === undefined ? {} : { maxGradientNorm }),
      ...(seed === undefined ? {} : { seed }),
    };
    return new Trainer(stepOptions, groups, learner, slots, stateByteCount(update));
  }

  /**
   * One optimizer step over one or several micro-batches, whose losses add up. `startsAnew`: what is carried from step
   * to step begins as zeros, at the beginning of a text.
   */
  async step(
    batches: readonly Feeds[],
    { startsAnew = false }: { readonly startsAnew?: boolean } = {},
  ): Promise<TrainerStep> {
    const { optimizer, schedule, maxGradientNorm, seed = 42 } = this.#options;
    const step = this.stepCount + 1;
    const learningRate = schedule(this.stepCount);
    const scalars = this.#groups.map(({ rateShare, decays }) =>
      optimizer.scalars(step, learningRate * rateShare, decays ? optimizer.weightDecay : 0),
    );
    const request = { step, seed, batches, scalars, maxGradientNorm, startsAnew };
    const result = await this.learner.step(request);
    this.stepCount = step;
    return { ...result, step, learningRate };
  }

  close(): Promise<void> {
    return this.learner.close();
  }
}
