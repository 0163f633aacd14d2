import { OptionError } from "../../base/index.js";
import type { RunContext } from "../events.js";
import { openArchitecture } from "../open-architecture.js";
import { openModel } from "../open-model.js";
import { checkOptions, type FineTuneOptions, fillFineTuneOptions } from "../options.js";
import { type PlanOptions, type PlanTrainOptions, planRows, planTrainRows } from "../options-plan.js";
import { prepareRun } from "../prepare-run.js";
import { rowLayout } from "../row-layout.js";
import { loadWeights } from "../session.js";
import { forecastOf, type RunForecast } from "./forecaster.js";
import { runBatches } from "./run-batches.js";

/**
 * Forecast what a fine-tuning takes in memory, time and disk space, from its own options, rows and graphs. A few steps
 * are taken to see how fast this machine is; nothing is written.
 *
 * ```ts
 * const { memory, time } = await forecastRun({ model: "rootstocks/ja-small", train: "areas.jsonl", outputDirectory: "my-model" });
 * console.log(memory.peak, time?.total);
 * ```
 */
export async function forecastRun(options: PlanOptions, context: RunContext = {}): Promise<RunForecast> {
  checkOptions(planRows, options);
  const { memory: limit, ...own } = options;
  return forecast(own, limit, context, openModel);
}

/** The same of a training from scratch. */
export async function forecastTraining(
  options: PlanTrainOptions,
  context: RunContext = {},
): Promise<RunForecast> {
  checkOptions(planTrainRows, options);
  const { memory: limit, architecture, ...own } = options;
  return forecast({ ...own, model: architecture }, limit, context, openArchitecture);
}

async function forecast(
  options: FineTuneOptions,
  limit: number | undefined,
  context: RunContext,
  open: typeof openModel,
): Promise<RunForecast> {
  const filled = fillFineTuneOptions(options);
  if (filled.cacheFeatures)
    throw new OptionError("--cache-features: expected a run that computes every step whole, got this flag", {
      hint: "leave it out, for a forecast of the run without it",
    });
  const seed = filled.seeds?.[0] ?? filled.seed;
  const prepared = await prepareRun(filled, seed, context, open);
  const { loaded, model, tokenizer, settings, packs, graphs, train, validation } = prepared;
  const layout = rowLayout(model, tokenizer, settings.maxLength, packs);
  return forecastOf(
    {
      task: loaded.task.name,
      learning: { ...prepared, seed },
      layout,
      lengths: train.items.map(({ encoding }) => encoding.ids.length),
      isTried: validation !== undefined,
      corpusBytes: 0,
      batchesOf: (sizes) => runBatches(prepared, { ...filled, seed }, sizes, layout),
      readWeights: async () => (await loadWeights(model, graphs.parameters, seed)).weights,
    },
    filled,
    limit,
  );
}
