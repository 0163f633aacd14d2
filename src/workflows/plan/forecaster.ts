import { freemem } from "node:os";
import { OptionError } from "../../base/index.js";
import { findOpenVino } from "../../engine/runtimes/node-openvino-files.js";
import type { RuntimeSpec } from "../../engine/runtimes/spec.js";
import { planTraining, type TrainingPlan } from "../../training/training-plan.js";
import type { FilledFineTuneOptions } from "../options.js";
import { runtimeSpec } from "../session.js";
import { createTrainer, type LearningRules, trainerOptions } from "../start-training.js";
import { type Candidate, chooseBatches } from "./choose-batches.js";
import { type DiskForecast, forecastDisk } from "./forecast-disk.js";
import { forecastMemory, type MemoryForecast } from "./forecast-memory.js";
import { secondsOf, timeSteps, timeTrials } from "./forecast-time.js";
import type { PlannedRun } from "./planned-run.js";
import { type BatchSizes, type PlannedBatch, totalSteps } from "./run-batches.js";

/** What a run will take. */
export interface RunForecast {
  readonly task: string;
  readonly model: string;
  /** All numbers of the model, and those that are trained. */
  readonly parameterCount: number;
  readonly trainedCount: number;
  /** Of the training rows, in tokens. */
  readonly lengths: { readonly shortest: number; readonly median: number; readonly longest: number };
  readonly sizes: BatchSizes;
  readonly stepsPerEpoch: number;
  readonly stepCount: number;
  readonly evaluationCount: number;
  readonly memory: MemoryForecast;
  /** What may be taken, where that was said, and whether it is enough. */
  readonly limit: number | undefined;
  readonly fits: boolean;
  /** In seconds; undefined where the run does not fit into the memory that is free, so that it could not be timed. */
  readonly time: TimeForecast | undefined;
  readonly disk: DiskForecast;
  /** What would take less, where the run does not fit: flags, and the peak with them. */
  readonly cheaper: readonly { readonly flags: string; readonly peak: number }[];
}

/** Seconds of a run, without start and checkpoints. */
export interface TimeForecast {
  readonly training: number;
  readonly evaluation: number;
  readonly step: number;
  readonly total: number;
}

/** What options say of a run's cost. */
export type ForecastOptions = LearningRules &
  Pick<
    FilledFineTuneOptions,
    "accumulationSteps" | "evaluateEvery" | "saveEvery" | "saveTotalLimit" | "keepBest" | "dtype"
  >;

/** Forecast a run: with the batches that are asked for, or with those of the same effect that fit into `limit` bytes. */
export async function forecastOf(
  planned: PlannedRun,
  options: ForecastOptions,
  limit: number | undefined,
): Promise<RunForecast> {
  const forecast = new Forecaster(options, planned);
  const asked = forecast.evaluate(forecast.asked);
  const chosen =
    limit === undefined
      ? asked
      : chooseBatches(forecast.asked, limit / margin, (sizes) => forecast.evaluate(sizes));
  const { sizes, batches, memory } = chosen ?? forecast.evaluate(forecast.smallest);
  const { plan, model } = planned.learning;
  const stepCount = totalSteps(plan, batches.stepsPerEpoch);
  const { evaluateEvery } = options;
  const every = evaluateEvery === "epoch" ? batches.stepsPerEpoch : evaluateEvery;
  const evaluationCount = planned.isTried ? Math.ceil(stepCount / every) + 1 : 0; // and of the finished model
  const fits = limit === undefined || chosen !== undefined;
  const lengths = [...planned.lengths].sort((a, b) => a - b);
  const { training } = forecast;
  return {
    task: planned.task,
    model: model.name,
    parameterCount: memory.parameters / Float32Array.BYTES_PER_ELEMENT,
    trainedCount: training.trainedCount,
    lengths: { shortest: lengths[0]!, median: lengths[lengths.length >> 1]!, longest: lengths.at(-1)! },
    ...{ sizes, stepsPerEpoch: batches.stepsPerEpoch, stepCount, evaluationCount, memory, limit, fits },
    time:
      memory.peak < freemem()
        ? await forecast.time({ sizes, batches, memory }, stepCount, evaluationCount)
        : undefined,
    disk: forecastDisk(options, memory, {
      ...{ stepCount, stepsPerEpoch: batches.stepsPerEpoch, corpus: planned.corpusBytes },
    }),
    cheaper: fits ? [] : forecast.cheaper(),
  };
}

/** What room is left where batches are chosen: of four runs, the forecast was 7 to 13 % below what they took. */
const margin = 1.15;

/** Forecasts of one run with other batches or other ways to compute. */
class Forecaster {
  readonly training: TrainingPlan;
  readonly #options: ForecastOptions;
  readonly #planned: PlannedRun;
  readonly #runtime: RuntimeSpec["name"];
  readonly #processBytes = process.memoryUsage().rss;

  constructor(options: ForecastOptions, planned: PlannedRun) {
    const { name, device = "cpu" } = runtimeSpec(options);
    if (name === "reference")
      throw new OptionError(
        "--runtime reference: expected a runtime whose memory can be forecast, got reference",
      );
    this.#options = options;
    this.#planned = planned;
    const isAutomatic = name === "auto" && device === "cpu" && findOpenVino().found !== undefined;
    this.#runtime = isAutomatic ? "openvino" : name;
    this.training = this.#planWith({});
  }

  /** The batches that the options ask for. */
  get asked(): BatchSizes {
    const { batchSize, evaluationBatchSize } = this.#planned.learning.plan;
    return { batchSize, evaluationBatchSize, accumulationSteps: this.#options.accumulationSteps };
  }

  /** The same rows an update, one at a time. */
  get smallest(): BatchSizes {
    const { batchSize, accumulationSteps } = this.asked;
    return { batchSize: 1, accumulationSteps: batchSize * accumulationSteps, evaluationBatchSize: 1 };
  }

  evaluate(sizes: BatchSizes, training: TrainingPlan = this.training): Candidate {
    const batches = this.#planned.batchesOf(sizes);
    const memory = forecastMemory(this.#planned, training, batches, {
      ...{ runtime: this.#runtime, processBytes: this.#processBytes },
      accumulates: sizes.accumulationSteps > 1,
    });
    return { sizes, batches, memory };
  }

  /** Other ways to compute the same that take less, with single rows. */
  cheaper(): { readonly flags: string; readonly peak: number }[] {
    const ways: readonly [string, Partial<ForecastOptions>][] = [
      ["--gradient-checkpointing", { gradientCheckpointing: true }],
      ["--optimizer-state int8", { optimizerState: "int8" }],
      [
        "--gradient-checkpointing --optimizer-state int8",
        { gradientCheckpointing: true, optimizerState: "int8" },
      ],
    ];
    return ways.map(([flags, changes]) => ({
      flags: `--batch-size 1 ${flags}`,
      peak: this.evaluate(this.smallest, this.#planWith(changes)).memory.peak,
    }));
  }

  async time({ batches }: Candidate, stepCount: number, evaluationCount: number): Promise<TimeForecast> {
    const { learning, layout } = this.#planned;
    const { graphs, problem, seed } = learning;
    const trainer = await createTrainer(this.#options, learning, await this.#planned.readWeights());
    try {
      const run = {
        ...{ trainer, problem, layout, seed },
        evaluationState: graphs.evaluationState,
      };
      const sizes = batches.steps.map((step) => step.reduce((sum, { places }) => sum + places, 0));
      const epoch = secondsOf(await timeSteps(run, batches.steps), sizes);
      const training = (epoch / batches.steps.length) * stepCount;
      const tried = [...batches.validation, ...batches.test];
      const trials = await timeTrials(run, tried);
      const each = (set: readonly PlannedBatch[]): number =>
        secondsOf(
          trials,
          set.map(({ places }) => places),
        );
      const evaluation = evaluationCount * each(batches.validation) + each(batches.test);
      return { training, evaluation, step: training / stepCount, total: training + evaluation };
    } finally {
      await trainer.close();
    }
  }

  #planWith(changes: Partial<ForecastOptions>): TrainingPlan {
    return planTraining(trainerOptions({ ...this.#options, ...changes }, this.#planned.learning));
  }
}
