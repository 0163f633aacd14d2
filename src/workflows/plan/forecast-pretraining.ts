import type { RunContext } from "../events.js";
import { openArchitecture } from "../open-architecture.js";
import { learnerFrom } from "../open-learner.js";
import { checkOptions, type FilledPretrainOptions, fillPretrainOptions } from "../options.js";
import { type PlanPretrainOptions, planPretrainRows } from "../options-plan.js";
import {
  lookIntoCorpora,
  type PreparedPretraining,
  preparePretraining,
  withCompanionsWeights,
} from "../prepare-pretraining.js";
import { type RowLayout, rowLayout } from "../row-layout.js";
import { buildGraphs, loadWeights } from "../session.js";
import { rowsOfCorpora } from "../training-rows.js";
import { forecastOf, type RunForecast } from "./forecaster.js";
import { type BatchSizes, plannedBatch, plannedTrials, type RunBatches } from "./run-batches.js";

/** Steps whose rows are read: all have rows of the same length. */
const sampledSteps = 3;

/**
 * Forecast what a pre-training takes in memory, time and disk space. The corpus is prepared, as in a dry run, and a few
 * steps are taken to see how fast this machine is; nothing stays on the disk but a corpus for which a folder is named.
 *
 * ```ts
 * const { memory, time } = await forecastPretraining({
 *   architecture: "bert-mini",
 *   tokenizer: "my-tokenizer",
 *   train: ["texts/*.txt"],
 *   outputDirectory: "my-bert",
 * });
 * ```
 */
export async function forecastPretraining(
  options: PlanPretrainOptions,
  context: RunContext = {},
): Promise<RunForecast> {
  checkOptions(planPretrainRows, options);
  const { memory: limit, ...own } = options;
  const filled: FilledPretrainOptions = { ...fillPretrainOptions(own), dryRun: true };
  const prepared = await preparePretraining(filled, context, learnerFrom(openArchitecture));
  const { learner, corpora, rows, plan, heldOut } = prepared;
  try {
    const { model, problem, tokenizer, objective } = learner;
    const { seed } = filled;
    await lookIntoCorpora(learner, corpora, context);
    const graphs = buildGraphs(model, problem);
    const layout = rowLayout(model, tokenizer, learner.rows.maxLength, false);
    const [first] = problem.encode([rows.row(0)]);
    return await forecastOf(
      {
        task: objective.name,
        learning: { model, problem, graphs, plan, seed },
        layout,
        lengths: [first!.encoding.ids.length],
        isTried: heldOut !== undefined,
        corpusBytes: filled.corpusDirectory === undefined ? corpora.byteCount : 0,
        batchesOf: (sizes) => batchesOf(prepared, sizes, layout),
        readWeights: async () =>
          (await loadWeights(withCompanionsWeights(model, problem), graphs.parameters, seed)).weights,
      },
      filled,
      limit,
    );
  } finally {
    await corpora.close();
  }
}

/** The first steps of a run, which stand for all. */
function batchesOf(
  { learner: { problem }, rows, heldOut }: PreparedPretraining,
  sizes: BatchSizes,
  layout: RowLayout,
): RunBatches {
  const stepsPerEpoch = Math.ceil(rows.epochRowCount / sizes.batchSize / sizes.accumulationSteps);
  const steps = rowsOfCorpora(rows, problem, sizes);
  return {
    stepsPerEpoch,
    steps: Array.from({ length: sampledSteps }, (_, step) =>
      steps.batchesOf(step).map((items) => plannedBatch(items, layout)),
    ),
    validation: plannedTrials(heldOut, sizes, layout),
    test: [],
  };
}
