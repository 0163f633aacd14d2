import { freemem } from "node:os";
import { OptionError, type Tensor } from "../../base/index.js";
import { findOpenVino } from "../../engine/runtimes/node-openvino-files.js";
import type { RuntimeSpec } from "../../engine/runtimes/spec.js";
import { planTraining, type TrainingPlan } from "../../training/training-plan.js";
import type { RunContext } from "../events.js";
import { openModel } from "../open-model.js";
import { checkOptions, type FilledFineTuneOptions, fillFineTuneOptions } from "../options.js";
import { type PlanOptions, planRows } from "../options-plan.js";
import { type PreparedRun, prepareRun } from "../prepare-run.js";
import { rowLayout } from "../row-layout.js";
import { loadWeights, runtimeSpec } from "../session.js";
import { createTrainer, trainerOptions } from "../start-training.js";
import { type Candidate, chooseBatches } from "./choose-batches.js";
import { type DiskForecast, forecastDisk } from "./forecast-disk.js";
import { forecastMemory, type MemoryForecast } from "./forecast-memory.js";
import { secondsOf, timeSteps, timeTrials } from "./forecast-time.js";
import { type BatchSizes, type PlannedBatch, runBatches, totalSteps } from "./run-batches.js";

/** What a fine-tuning will take. */
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

/**
 * Forecast what a fine-tuning takes in memory, time and disk space, from its own options, rows and graphs. A few steps
 * are taken to see how fast this machine is; nothing is written.
 *
 * ```ts
 * const { memory, time } = await forecastRun({ model: "rootstocks/ja-mini", train: "areas.jsonl", outputDirectory: "my-model" });
 * console.log(memory.peak, time?.total);
 * ```
 */
export async function forecastRun(options: PlanOptions, context: RunContext = {}): Promise<RunForecast> {
  checkOptions(planRows, options);
  const { memory: limit, ...own } = options;
  const filled = fillFineTuneOptions(own);
  if (filled.cacheFeatures)
    throw new OptionError("--cache-features: expected a run that computes every step whole, got this flag", {
      hint: "leave it out, for a forecast of the run without it",
    });
  const seed = filled.seeds?.[0] ?? filled.seed;
  const prepared = await prepareRun(filled, seed, context, openModel);
  const forecast = new Forecaster(filled, prepared, seed);
  const asked = forecast.evaluate(forecast.asked);
  const chosen =
    limit === undefined
      ? asked
      : chooseBatches(forecast.asked, limit / margin, (sizes) => forecast.evaluate(sizes));
  const { sizes, batches, memory } = chosen ?? forecast.evaluate(forecast.smallest);
  const stepCount = totalSteps(prepared.plan, batches.stepsPerEpoch);
  const { evaluateEvery } = filled;
  const every = evaluateEvery === "epoch" ? batches.stepsPerEpoch : evaluateEvery;
  const evaluationCount = prepared.validation === undefined ? 0 : Math.ceil(stepCount / every) + 1; // and of the best
  const fits = limit === undefined || chosen !== undefined;
  const lengths = prepared.train.items.map(({ encoding }) => encoding.ids.length).sort((a, b) => a - b);
  const { training } = forecast;
  return {
    task: prepared.loaded.task.name,
    model: prepared.model.name,
    parameterCount: memory.parameters / Float32Array.BYTES_PER_ELEMENT,
    trainedCount: training.trainedCount,
    lengths: { shortest: lengths[0]!, median: lengths[lengths.length >> 1]!, longest: lengths.at(-1)! },
    ...{ sizes, stepsPerEpoch: batches.stepsPerEpoch, stepCount, evaluationCount, memory, limit, fits },
    time:
      memory.peak < freemem()
        ? await forecast.time({ sizes, batches, memory }, stepCount, evaluationCount)
        : undefined,
    disk: forecastDisk(filled, memory, { stepCount, stepsPerEpoch: batches.stepsPerEpoch }),
    cheaper: fits ? [] : forecast.cheaper(),
  };
}

/** What room is left where batches are chosen: of four runs, the forecast was 7 to 13 % below what they took. */
const margin = 1.15;

/** Forecasts of one run with other batches or other ways to compute. */
class Forecaster {
  readonly training: TrainingPlan;
  readonly #options: FilledFineTuneOptions;
  readonly #prepared: PreparedRun;
  readonly #seed: number;
  readonly #runtime: RuntimeSpec["name"];
  readonly #processBytes = process.memoryUsage().rss;

  constructor(options: FilledFineTuneOptions, prepared: PreparedRun, seed: number) {
    const { name, device = "cpu" } = runtimeSpec(options);
    if (name === "reference")
      throw new OptionError(
        "--runtime reference: expected a runtime whose memory can be forecast, got reference",
      );
    this.#options = options;
    this.#prepared = prepared;
    this.#seed = seed;
    const isAutomatic = name === "auto" && device === "cpu" && findOpenVino().found !== undefined;
    this.#runtime = isAutomatic ? "openvino" : name;
    this.training = this.#planWith({});
  }

  /** The batches that the options ask for. */
  get asked(): BatchSizes {
    const { batchSize, evaluationBatchSize } = this.#prepared.plan;
    return { batchSize, evaluationBatchSize, accumulationSteps: this.#options.accumulationSteps };
  }

  /** The same rows an update, one at a time. */
  get smallest(): BatchSizes {
    const { batchSize, accumulationSteps } = this.asked;
    return { batchSize: 1, accumulationSteps: batchSize * accumulationSteps, evaluationBatchSize: 1 };
  }

  evaluate(sizes: BatchSizes, training: TrainingPlan = this.training): Candidate {
    const layout = this.#layout();
    const batches = runBatches(this.#prepared, { ...this.#options, seed: this.#seed }, sizes, layout);
    const memory = forecastMemory(this.#prepared, training, batches, {
      ...{ layout, runtime: this.#runtime, processBytes: this.#processBytes },
      accumulates: sizes.accumulationSteps > 1,
    });
    return { sizes, batches, memory };
  }

  /** Other ways to compute the same that take less, with single rows. */
  cheaper(): { readonly flags: string; readonly peak: number }[] {
    const ways: readonly [string, Partial<FilledFineTuneOptions>][] = [
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
    const { graphs, problem } = this.#prepared;
    const trainer = await this.#trainer();
    try {
      const run = {
        ...{ trainer, problem, layout: this.#layout(), seed: this.#seed },
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

  async #trainer(): ReturnType<typeof createTrainer> {
    const { weights }: { weights: ReadonlyMap<string, Tensor> } = await loadWeights(
      this.#prepared.model,
      this.#prepared.graphs.parameters,
      this.#seed,
    );
    return createTrainer(this.#options, { ...this.#prepared, seed: this.#seed }, weights);
  }

  #planWith(changes: Partial<FilledFineTuneOptions>): TrainingPlan {
    return planTraining(
      trainerOptions({ ...this.#options, ...changes }, { ...this.#prepared, seed: this.#seed }),
    );
  }

  #layout(): ReturnType<typeof rowLayout> {
    const { model, tokenizer, settings, packs } = this.#prepared;
    return rowLayout(model, tokenizer, settings.maxLength, packs);
  }
}
