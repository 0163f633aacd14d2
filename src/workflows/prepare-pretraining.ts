import { type CorpusRows, corpusRows } from "../data/corpus/corpus-rows.js";
import type { AnyPretrainingProblem } from "../tasks/pretraining/index.js";
import type { RunContext } from "./events.js";
import { heldOutRows } from "./held-out-rows.js";
import { type LoadedCorpora, loadCorpora } from "./load-corpora.js";
import { withWeightsOfBoth } from "./open-generator.js";
import type { Learner, OpenLearner } from "./open-learner.js";
import type { OpenModel } from "./open-model.js";
import type { OpenObjective } from "./open-objective.js";
import type { FilledPretrainOptions } from "./options.js";
import { planRun, type RunPlan, type TrialSet } from "./training-run.js";

/** What is settled before the first step on running text. */
export interface PreparedPretraining {
  readonly learner: Learner & OpenObjective;
  /** Open until they are closed. */
  readonly corpora: LoadedCorpora;
  readonly rows: CorpusRows;
  readonly plan: RunPlan;
  readonly heldOut: HeldOutSet | undefined;
}

/** Open the learner, prepare the corpora, and settle how long the run is. */
export async function preparePretraining(
  options: FilledPretrainOptions,
  context: RunContext,
  openLearner: OpenLearner,
): Promise<PreparedPretraining> {
  const opened = await openLearner(options, context);
  opened.open(); // what cannot be is refused before the corpus is prepared
  const corpora = await loadCorpora(options, opened.tokenizer, context);
  try {
    const learner = { ...opened, ...opened.open(corpora.textPerToken) };
    const { problem, objective, model } = learner;
    const { rowLength } = problem;
    const rows = corpusRows({ corpora: corpora.train, rowLength, seed: options.seed });
    const { learningRate: learningRateFromScratch, batchSize } = objective.defaults;
    const defaults = { epochs: 1, batchSize, learningRate: 5e-5, learningRateFromScratch };
    const plan = planRun(options, rows.epochRowCount, defaults, model.isNew);
    return {
      learner,
      corpora,
      rows,
      plan,
      heldOut: heldOutSet(corpora, problem, options.maxValidationExamples),
    };
  } catch (error) {
    await corpora.close();
    throw error;
  }
}

/** Let the objective look in the corpora for what it draws rows by. */
export async function lookIntoCorpora(
  { problem }: OpenObjective,
  { train }: LoadedCorpora,
  { events }: RunContext,
): Promise<void> {
  const corpora = train.map(({ corpus }) => corpus);
  const found = await problem.prepare?.(corpora, (done, total) =>
    events?.progress?.({ phase: "prepare", done, total }),
  );
  if (found !== undefined) events?.note?.(found);
}

/** The model, with the weights of what is learnt beside it where that goes on too. */
export function withCompanionsWeights(model: OpenModel, { companion }: AnyPretrainingProblem): OpenModel {
  return companion === undefined ? model : withWeightsOfBoth(model, companion);
}

/** The rows of held-out text, of how many there are. */
export interface HeldOutSet extends TrialSet {
  readonly total: number;
}

function heldOutSet(
  { validation }: LoadedCorpora,
  problem: AnyPretrainingProblem,
  limit: number,
): HeldOutSet | undefined {
  if (validation.length === 0) return undefined;
  const { stretches, total } = heldOutRows(validation, problem.rowLength, limit);
  return { examples: stretches, items: problem.encode(stretches), total };
}
