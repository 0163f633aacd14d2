import { join } from "node:path";
import type { Json, Tensor } from "../base/index.js";
import type { CorpusRows } from "../data/corpus/corpus-rows.js";
import type { CardTask } from "../export/index.js";
import type { Head } from "../models/index.js";
import { isTeachers } from "../tasks/distillation.js";
import type { AnyPretrainingProblem } from "../tasks/pretraining/index.js";
import type { Trainer } from "../training/trainer.js";
import { digest, freshState, type RunState, readParameters } from "./checkpoints.js";
import { type ComparedModel, compareWithTeacher, type Taught } from "./compare-with-teacher.js";
import { corpusCardFacts } from "./corpus-card-facts.js";
import type { CorporaFacts, RunContext } from "./events.js";
import type { TrainingResult } from "./fine-tune-result.js";
import { learningOptions } from "./learning-options.js";
import type { LoadedCorpora } from "./load-corpora.js";
import { openArchitecture } from "./open-architecture.js";
import { learnerFrom, type OpenLearner, type Teacher } from "./open-learner.js";
import {
  checkOptions,
  type FilledPretrainOptions,
  fillPretrainOptions,
  type PretrainOptions,
  pretrainRows,
} from "./options.js";
import { checkOutput } from "./output-directory.js";
import {
  type HeldOutSet,
  lookIntoCorpora,
  type PreparedPretraining,
  preparePretraining,
  withCompanionsWeights,
} from "./prepare-pretraining.js";
import { rowLayout } from "./row-layout.js";
import { writeRunRecord } from "./run-record.js";
import { saveCompanion, saveTrained } from "./save-fine-tuned.js";
import { savedConfig } from "./saved-config.js";
import { buildGraphs, loadWeights, type ProblemGraphs } from "./session.js";
import { checkpointNames, countParameters, createTrainer, takeUpRun } from "./start-training.js";
import { rowsOfCorpora } from "./training-rows.js";
import { type RunPlan, type RunSetup, type Trial, trainRun, tryOn } from "./training-run.js";

/**
 * Train a new model on running text without labels: the text becomes a corpus of tokens on the disk, the model learns an
 * objective from rows of it, and is left in the output directory with its checkpoints, results, learning curve and model
 * card.
 *
 * ```ts
 * const run = await pretrain({
 *   objective: "masked-lm",
 *   architecture: "bert-mini",
 *   tokenizer: "my-tokenizer",
 *   train: ["texts/*.txt"],
 *   validationSplit: 0.01,
 *   maxSteps: 20_000,
 *   outputDirectory: "my-bert",
 * });
 * console.log(run.metrics["masked_accuracy"]);
 * ```
 */
export async function pretrain(options: PretrainOptions, context: RunContext = {}): Promise<TrainingResult> {
  checkOptions(pretrainRows, options);
  return runPretraining(fillPretrainOptions(options), context, learnerFrom(openArchitecture));
}

/** Train the learner that `openLearner` gives. */
export async function runPretraining(
  options: FilledPretrainOptions,
  context: RunContext,
  openLearner: OpenLearner,
): Promise<PretrainingResult> {
  if (!options.dryRun) await checkOutput(options, ["corpus"]);
  const prepared = await preparePretraining(options, context, openLearner);
  try {
    return await new Pretraining(options, context, prepared).run();
  } finally {
    await prepared.corpora.close();
  }
}

/** What a run on running text comes to. */
export interface PretrainingResult extends TrainingResult {
  /** Where there was a teacher. */
  readonly taught?: Taught;
}

/** One run. */
class Pretraining {
  readonly #options: FilledPretrainOptions;
  readonly #context: RunContext;
  readonly #learner: PreparedPretraining["learner"];
  readonly #corpora: LoadedCorpora;
  readonly #rows: CorpusRows;
  readonly #plan: RunPlan;
  readonly #heldOut: HeldOutSet | undefined;

  constructor(
    options: FilledPretrainOptions,
    context: RunContext,
    { learner, corpora, rows, plan, heldOut }: PreparedPretraining,
  ) {
    this.#options = options;
    this.#context = context;
    this.#learner = learner;
    this.#corpora = corpora;
    this.#rows = rows;
    this.#plan = plan;
    this.#heldOut = heldOut;
  }

  async run(): Promise<PretrainingResult> {
    const { model, problem, tokenizer, teacher } = this.#learner;
    const { outputDirectory, seed, dryRun } = this.#options;
    const { events, signal } = this.#context;
    const graphs = buildGraphs(model, problem);
    const matched = await loadWeights(withCompanionsWeights(model, problem), graphs.parameters, seed);
    const parameterCount = countParameters(matched.weights);
    events?.corpora?.(this.#corpusFacts());
    events?.model?.({
      name: model.name,
      description: model.network.description,
      parameterCount,
      problem: problem.description,
      newParameters: model.isNew ? [] : matched.newParameters,
      unusedWeights: matched.unusedWeights,
    });
    const forwards = new Map(teacher === undefined ? [] : [["teacher", teacher.evaluation]]);
    const given = { model, problem, graphs, plan: this.#plan, seed, forwards };
    if (!dryRun) await lookIntoCorpora(this.#learner, this.#corpora, this.#context);
    const weights = new Map<string, Tensor>([...matched.weights, ...(teacher?.weights ?? [])]);
    const trainer = await createTrainer(this.#options, given, weights);
    if (trainer.trainedCount < parameterCount)
      events?.note?.(`${trainer.trainedCount} of ${parameterCount} parameters are trained`);
    try {
      const runtime = await trainer.learner.describe();
      events?.runtime?.({ description: runtime });
      if (dryRun) return this.#result({ state: freshState(), dryRun });
      const { setup, state } = await this.#start(graphs, trainer, runtime);
      await trainRun(setup, state, this.#context);
      if (signal?.aborted && state.step < this.#plan.totalSteps && !state.stopped)
        return this.#result({ state, checkpoint: join(outputDirectory, `checkpoint-${state.step}`) });
      await this.#restoreBest(setup, state);
      const validation = await this.#try(setup, state, "evaluation");
      const taught = teacher && (await this.#compare(setup, state, teacher, validation, parameterCount));
      const learnt = ownParameters(await trainer.learner.parameters());
      await saveTrained(this.#options, model, savedProblem(problem), learnt, tokenizer);
      await this.#saveBeside(learnt);
      const files = await writeRunRecord({
        ...{ setup, state, model, runtime, parameterCount, validation },
        task: cardTasks[problem.head] ?? "pre-training",
        labels: [],
        data: {
          report: this.#corpusFacts(),
          corpora: this.#corpora.facts.map(corpusCardFacts),
          knownDocumentCount: this.#corpora.known?.knownCount,
        },
        test: undefined,
        predictions: undefined,
        resolved: this.#resolved(),
      });
      events?.saved?.({ directory: outputDirectory, files });
      return this.#result({ state, validation, taught, files });
    } finally {
      await trainer.close();
    }
  }

  /** What is learnt from, for people and for the record. */
  #corpusFacts(): CorporaFacts {
    const { problem, rows, objective } = this.#learner;
    const { totalSteps, batchSize } = this.#plan;
    const uses = this.#rows.uses(totalSteps * batchSize * this.#options.accumulationSteps);
    return {
      corpora: this.#corpora.facts,
      objective: objective.name,
      maxLength: rows.maxLength,
      rowLength: problem.rowLength,
      epochRowCount: this.#rows.epochRowCount,
      times: uses.map(({ times }) => times),
      lostRate: lostRate(this.#rows, problem),
      known: this.#corpora.known,
      heldOut: this.#heldOut && { rowCount: this.#heldOut.items.length, total: this.#heldOut.total },
    };
  }

  /** Take up a checkpoint, or begin; and open the run's log. */
  async #start(
    graphs: ProblemGraphs,
    trainer: Trainer,
    runtime: string,
  ): Promise<{ readonly setup: RunSetup; readonly state: RunState }> {
    const { model, tokenizer, problem } = this.#learner;
    const { train, validation } = this.#corpora;
    const names = checkpointNames(graphs, model);
    const fingerprint = {
      "training corpora": train.map(({ corpus }) => corpus.digest.slice(0, 16)).join(", "),
      "held-out corpora": validation.map(({ digest: own }) => own.slice(0, 16)).join(", ") || "none",
      tokenizer: digest([...tokenizer.toFiles()]),
      model: digest(model.config),
      runtime,
      options: digest(learningOptions(this.#resolved())),
    };
    const { events } = this.#context;
    const { state, log } = await takeUpRun(this.#options, trainer, names, fingerprint, events);
    const setup: RunSetup = {
      options: this.#options,
      seed: this.#options.seed,
      outputDirectory: this.#options.outputDirectory,
      plan: this.#plan,
      problem,
      rows: rowsOfCorpora(this.#rows, problem, { ...this.#options, ...this.#plan }),
      validation: this.#heldOut,
      savesBest: this.#options.keepBest,
      layout: rowLayout(model, tokenizer, this.#learner.rows.maxLength, false),
      state: graphs.evaluationState,
      trainer,
      writer: undefined,
      log,
      fingerprint,
      config: () => savedConfig(model, savedProblem(problem)),
      files: tokenizer.toFiles(),
      names,
    };
    return { setup, state };
  }

  /** Save what was learnt beside the model where it is a model too, and say what the model is saved without. */
  async #saveBeside(learnt: ReadonlyMap<string, Tensor<"float32">>): Promise<void> {
    const { model, problem, tokenizer } = this.#learner;
    const { beside, companion } = problem;
    if (beside === undefined) return;
    const where =
      companion === undefined
        ? "the checkpoints have it"
        : `it is in ${await saveCompanion(this.#options, model, companion, learnt, tokenizer)}`;
    this.#context.events?.note?.(`the model is saved without ${beside}; ${where}`);
  }

  /** Put the best checkpoint's weights back, where that is asked for. */
  async #restoreBest({ trainer, names, outputDirectory }: RunSetup, { best, step }: RunState): Promise<void> {
    if (!this.#options.keepBest || best === undefined || best.step === step) return;
    await trainer.learner.setParameters(await readParameters(join(outputDirectory, best.checkpoint), names));
  }

  async #try(
    setup: RunSetup,
    state: RunState,
    program: "evaluation" | "teacher",
  ): Promise<Trial | undefined> {
    if (this.#heldOut === undefined) return undefined;
    const epoch = state.step / this.#plan.stepsPerEpoch;
    return tryOn(setup, this.#heldOut, {
      program,
      findThresholds: false,
      writes: false,
      epoch,
      events: this.#context.events,
    });
  }

  /** The student beside its teacher, tried on the same rows. */
  async #compare(
    setup: RunSetup,
    state: RunState,
    { name, weights }: Teacher,
    own: Trial | undefined,
    parameterCount: number,
  ): Promise<Taught> {
    const given = await this.#try(setup, state, "teacher");
    const metricsOf = (trial: Trial | undefined): ComparedModel["metrics"] => trial?.evaluation.metrics ?? {};
    const taught = {
      teacher: { name, parameterCount: countParameters(weights), metrics: metricsOf(given) },
      student: { parameterCount, metrics: metricsOf(own) },
    };
    return compareWithTeacher(taught, setup.outputDirectory, this.#context.events);
  }

  /** All options as they are in force. */
  #resolved(): Record<string, Json | undefined> {
    const { objective, rows, settings, record } = this.#learner;
    const { batchSize, evaluationBatchSize, learningRate, warmupSteps } = this.#plan;
    return {
      ...(this.#options as unknown as Record<string, Json | undefined>),
      ...(settings as Record<string, Json | undefined>),
      ...record,
      objective: objective.name,
      maxLength: rows.maxLength,
      epochs: this.#options.epochs ?? 1,
      ...{ batchSize, evaluationBatchSize, learningRate, warmupSteps },
    };
  }

  #result(parts: {
    readonly state: RunState;
    readonly validation?: Trial | undefined;
    readonly taught?: Taught | undefined;
    readonly files?: Record<string, string>;
    readonly checkpoint?: string;
    readonly dryRun?: boolean;
  }): PretrainingResult {
    const { state, validation, taught, files = {}, checkpoint, dryRun = false } = parts;
    return {
      outputDirectory: this.#options.outputDirectory,
      metrics: validation?.evaluation.metrics ?? {},
      evaluation: validation?.evaluation,
      trainLoss: state.totalLoss.count > 0 ? state.totalLoss.sum / state.totalLoss.count : Number.NaN,
      steps: state.step,
      seconds: state.seconds,
      interrupted: checkpoint !== undefined,
      checkpoint,
      dryRun,
      plan: this.#plan,
      files,
      ...(taught === undefined ? {} : { taught }),
    };
  }
}

/** Those of the model that learns, without its teacher's. */
function ownParameters<Kind>(parameters: ReadonlyMap<string, Kind>): ReadonlyMap<string, Kind> {
  return new Map([...parameters].filter(([name]) => !isTeachers(name)));
}

const sampleSize = 500;

/** The share of tokens that find no room in a row beside the separators, of the first rows of a run. */
function lostRate(rows: CorpusRows, problem: AnyPretrainingProblem): number {
  const count = Math.min(sampleSize, rows.epochRowCount);
  const items = problem.encode(Array.from({ length: count }, (_, i) => rows.row(i)));
  const lost = items.reduce((sum, { encoding }) => sum + encoding.truncatedCount, 0);
  return lost / (count * rows.rowLength);
}

/** What config.json says of an objective: the class of its head alone. */
function savedProblem({ head }: AnyPretrainingProblem): Parameters<typeof savedConfig>[1] {
  return { head, configFields: () => ({}) };
}

/** What the model card says a model is for. */
const cardTasks: Partial<Record<Head, CardTask>> = {
  "masked-lm": "masked-language-modelling",
  "causal-lm": "language-modelling",
};
