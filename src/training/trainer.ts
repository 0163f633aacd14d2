import type { ParameterSlot } from "./arena.js";
import type { Feeds, StepResult } from "./learner.js";
import type { ParameterGroup } from "./parameter-groups.js";
import type { TrainerOptions } from "./trainer-options.js";
import { planTraining } from "./training-plan.js";
import { stateByteCount } from "./update-plan.js";
import { WorkerLearner } from "./worker-learner.js";

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
    trainedCount: number,
    optimizerStateSize: number,
  ) {
    this.trainedCount = trainedCount;
    this.optimizerStateSize = optimizerStateSize;
    this.#options = options;
    this.#groups = groups;
    this.learner = learner;
    this.parameterNames = slots.map(({ name }) => name);
  }

  /**
   * Start the worker, compile the graphs and set the weights. Matrices decay by the optimizer's weight decay; biases
   * and norms, which have one axis, do not.
   */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { forwards = new Map(), optimizer, weights, runtime = {} } = options;
    const { groups, slots, trainedCount, gradients, update } = planTraining(options);
    const learner = new WorkerLearner({ runtime, slots, groupCount: groups.length });
    try {
      await learner.setParameters(new Map(slots.map(({ name }) => [name, weights.get(name)!])));
      await learner.prepareTraining({
        ...{ gradients: gradients.outputs, plan: gradients.plan },
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
    return new Trainer(stepOptions, groups, learner, slots, trainedCount, stateByteCount(update));
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
