import { join } from "node:path";
import { type Json, parseJsonObject } from "../base/index.js";
import { readTextFile } from "../hub/files-read.js";
import { adaptedName } from "../nn/index.js";
import type { AnyProblem } from "../tasks/task.js";
import type { Trainer } from "../training/trainer.js";
import { adapterOf, mergedParameters } from "./adapter.js";
import { digest, freshState, type RunState, readParameters } from "./checkpoints.js";
import { compareWithTeacher, type Taught } from "./compare-with-teacher.js";
import { dataFacts } from "./data-facts.js";
import type { RunContext } from "./events.js";
import { featureForwards } from "./feature-graphs.js";
import type { FineTuneResult } from "./fine-tune-result.js";
import { ItemWriter } from "./item-writer.js";
import { learningOptions, optionsInForce } from "./learning-options.js";
import { type EncodedSet, reportOf, taskSettings } from "./load-data.js";
import { openModel } from "./open-model.js";
import {
  checkOptions,
  type FilledFineTuneOptions,
  type FineTuneOptions,
  fillFineTuneOptions,
  fineTuneRows,
} from "./options.js";
import { checkOutput } from "./output-directory.js";
import { describePredictions } from "./pipeline.js";
import { type PreparedRun, prepareRun } from "./prepare-run.js";
import { rowLayout } from "./row-layout.js";
import { writeRunRecord } from "./run-record.js";
import { saveFineTuned } from "./save-fine-tuned.js";
import { savedConfig } from "./saved-config.js";
import { fineTuneSeeds } from "./seeds.js";
import { loadWeights } from "./session.js";
import { checkpointNames, countParameters, createTrainer, takeUpRun } from "./start-training.js";
import { tellNotes } from "./tell-notes.js";
import { trainWithFeatures } from "./train-with-features.js";
import { trainingNotes } from "./training-notes.js";
import { rowsInMemory } from "./training-rows.js";
import { type RunSetup, type Trial, tryOn } from "./training-run.js";

/**
 * Fine-tune a checkpoint on rows of text: reads and checks the data, trains, keeps the best model, and leaves it in
 * the output directory with its results, predictions, learning curve and model card.
 *
 * ```ts
 * const run = await fineTune({ model: "rootstocks/ja-small", train: "areas.jsonl", validationSplit: 0.1, outputDirectory: "my-model" });
 * console.log(run.metrics.accuracy);
 * ```
 */
export async function fineTune(options: FineTuneOptions, context: RunContext = {}): Promise<FineTuneResult> {
  checkOptions(fineTuneRows, options);
  return runTraining(options, context, openModel);
}

/** Train the model that `open` gives. */
export async function runTraining(
  options: FineTuneOptions,
  context: RunContext,
  open: typeof openModel,
): Promise<FineTuneResult> {
  const filled = fillFineTuneOptions(options);
  if (!filled.dryRun) await checkOutput(filled);
  if (filled.seeds !== undefined && filled.seeds.length > 1)
    return fineTuneSeeds(filled, context, (each, inner) => runTraining(each, inner, open));
  return new FineTuning(filled, filled.seeds?.[0] ?? filled.seed, context, open).run();
}

export type { FineTuneResult, SeedSummary } from "./fine-tune-result.js";

/** One run with one seed. */
class FineTuning {
  readonly #options: FilledFineTuneOptions;
  readonly #seed: number;
  readonly #context: RunContext;
  readonly #open: typeof openModel;
  #resumed: { readonly checkpoint: string; readonly step: number } | undefined;

  constructor(options: FilledFineTuneOptions, seed: number, context: RunContext, open: typeof openModel) {
    this.#options = options;
    this.#seed = seed;
    this.#context = context;
    this.#open = open;
  }

  async run(): Promise<FineTuneResult> {
    const prepared = await prepareRun(this.#options, this.#seed, this.#context, this.#open);
    const { model, tokenizer, problem, plan, graphs } = prepared;
    const report = reportOf(problem, prepared.train, prepared.validation);
    const { events } = this.#context;
    const { task, because, columns } = prepared.loaded;
    const found = columns.found.map(({ role, columns: names, by }) => ({
      role,
      column: names.join(", "),
      by,
    }));
    events?.data?.({
      report,
      columns: found,
      task: task.name,
      taskBecause: because,
      maxLength: prepared.settings.maxLength,
    });
    tellNotes(problem, prepared.train, events);
    const { trainer, parameterCount } = await this.#openTrainer(prepared);
    const writer = await ItemWriter.create(model, problem, tokenizer, prepared.settings, this.#options);
    for (const note of trainingNotes(trainer, parameterCount, this.#options)) events?.note?.(note);
    try {
      const runtime = await trainer.learner.describe();
      events?.runtime?.({ description: runtime });
      if (this.#options.dryRun) return this.#result({ prepared, state: freshState(), dryRun: true });
      const { setup, state } = await this.#start(prepared, trainer, writer, runtime);
      const { features, train } = prepared;
      const kept = await trainWithFeatures(setup, state, features, train.items, this.#context);
      if (this.#context.signal?.aborted && state.step < plan.totalSteps && !state.stopped)
        return this.#result({
          prepared,
          state,
          checkpoint: join(setup.outputDirectory, `checkpoint-${state.step}`),
        });
      const finalProblem = await this.#restoreBest(prepared, setup, state);
      // class weights count in the loss while a model learns, and not in that of the one that is saved
      const asSaved = this.#options.classWeights === "none" ? kept : undefined;
      const validation = asSaved ?? (await this.#try(setup, finalProblem, prepared.validation, state));
      const test = await this.#try(setup, finalProblem, prepared.test, state);
      const learnt = await trainer.learner.parameters();
      await saveFineTuned(this.#options, model, finalProblem, learnt, graphs.adapted, tokenizer);
      const finalSetup = { ...setup, problem: finalProblem };
      const resolved = optionsInForce(this.#options, this.#seed, prepared);
      const taught = await this.#compare(prepared, parameterCount, validation);
      const files = await writeRunRecord({
        setup: finalSetup,
        state,
        model,
        task: task.name,
        labels: finalProblem.labels,
        data: dataFacts(report, prepared.train.items),
        runtime,
        parameterCount,
        validation,
        test,
        predictions: predictionsOf(finalProblem, prepared.validation, validation),
        resolved,
      });
      events?.saved?.({ directory: setup.outputDirectory, files });
      return this.#result({ prepared, state, validation, test, taught, files });
    } finally {
      await trainer.close();
      await writer?.close();
    }
  }

  /** Read the weights, tell what model it is, and hand them over; here nothing holds them longer than that. */
  async #openTrainer(
    prepared: PreparedRun,
  ): Promise<{ readonly trainer: Trainer; readonly parameterCount: number }> {
    const { model, problem, graphs } = prepared;
    const { weights, newParameters, unusedWeights } = await loadWeights(model, graphs.parameters, this.#seed);
    const parameterCount = countParameters(weights);
    this.#context.events?.model?.({
      name: model.name,
      description: model.network.description,
      parameterCount,
      problem: problem.description,
      newParameters: model.isNew ? [] : newParameters.filter((name) => adaptedName(name) === undefined),
      unusedWeights,
    });

    const forwards = featureForwards(prepared.features);
    const trainer = await createTrainer(this.#options, { ...prepared, seed: this.#seed, forwards }, weights);
    return { trainer, parameterCount };
  }

  /** Take up a checkpoint, or begin; and open the run's log. */
  async #start(
    prepared: PreparedRun,
    trainer: Trainer,
    writer: ItemWriter | undefined,
    runtime: string,
  ): Promise<{ setup: RunSetup; state: RunState }> {
    const { model, tokenizer, problem, plan, train, validation, graphs, teaching } = prepared;
    const { outputDirectory } = this.#options;
    const names = checkpointNames(graphs, model);
    const fingerprint = {
      "training data": `${train.digest.slice(0, 16)} (${train.examples.length} examples)`,
      "validation data": validation === undefined ? "none" : validation.digest.slice(0, 16),
      tokenizer: digest([...tokenizer.toFiles()]),
      model: digest(model.config),
      runtime,
      options: digest(learningOptions(optionsInForce(this.#options, this.#seed, prepared))),
      ...(teaching === undefined ? {} : { "the teacher's scores": teaching.digest }),
    };
    const { events } = this.#context;
    const { state, checkpoint, log } = await takeUpRun(this.#options, trainer, names, fingerprint, events);
    if (checkpoint !== undefined) this.#resumed = { checkpoint, step: state.step };
    const adapter = adapterOf(this.#options, model.architecture);
    const setup: RunSetup = {
      options: this.#options,
      seed: this.#seed,
      outputDirectory,
      plan,
      problem,
      rows: rowsInMemory(
        train,
        { ...this.#options, ...plan, seed: this.#seed },
        graphs.trainingState.length > 0,
      ),
      validation,
      layout: rowLayout(model, tokenizer, prepared.settings.maxLength, prepared.packs),
      savesBest: true,
      state: graphs.evaluationState,
      trainer,
      writer:
        writer &&
        ((items, outputs) => {
          const weights = mergedParameters(trainer.learner.parameters(), adapter, graphs.adapted);
          return writer.writeWith(weights, items, outputs, { batchSize: plan.evaluationBatchSize, events });
        }),
      log,
      fingerprint,
      config: () => savedConfig(model, problem),
      files: tokenizer.toFiles(),
      names,
    };
    return { setup, state };
  }

  /**
   * Put the best checkpoint's weights back, where that is asked for. Returns the problem as a reader of the saved
   * model has it: with the thresholds found for these weights, and without class weights.
   */
  async #restoreBest(
    { loaded, problem, model }: PreparedRun,
    setup: RunSetup,
    state: RunState,
  ): Promise<AnyProblem> {
    const { best } = state;
    const { keepBest, outputDirectory } = this.#options;
    const { threshold: _, noAnswerThreshold: __, ...settings } = taskSettings(this.#options); // config.json has them
    const restored = async (checkpoint: string): Promise<AnyProblem> => {
      const place = join(checkpoint, "config.json");
      const config = parseJsonObject(await readTextFile(place, 10_000_000), place);
      return loaded.task.restore(config, settings, place);
    };
    if (keepBest && best !== undefined && best.step !== state.step) {
      const path = join(outputDirectory, best.checkpoint);
      await setup.trainer.learner.setParameters(await readParameters(path, setup.names));
      return restored(path);
    }
    // a part of the run that did nothing more found no thresholds either
    if (this.#resumed?.step === state.step) return restored(this.#resumed.checkpoint);
    return loaded.task.restore(savedConfig(model, problem), settings, outputDirectory);
  }

  async #try(
    setup: RunSetup,
    problem: AnyProblem,
    set: EncodedSet | undefined,
    state: RunState,
  ): Promise<Trial | undefined> {
    if (set === undefined) return undefined;
    const epoch = state.step / setup.plan.stepsPerEpoch;
    return tryOn({ ...setup, problem }, set, {
      findThresholds: false,
      writes: true,
      epoch,
      events: this.#context.events,
    });
  }

  /** The student beside its teacher, where there is one. */
  async #compare(
    { teaching }: PreparedRun,
    parameterCount: number,
    validation: Trial | undefined,
  ): Promise<Taught | undefined> {
    if (teaching === undefined) return undefined;
    const student = { parameterCount, metrics: validation?.evaluation.metrics ?? {} };
    const taught = { teacher: teaching.teacher, student };
    return compareWithTeacher(taught, this.#options.outputDirectory, this.#context.events);
  }

  #result(parts: {
    prepared: PreparedRun;
    state: RunState;
    validation?: Trial | undefined;
    test?: Trial | undefined;
    taught?: Taught | undefined;
    files?: Record<string, string>;
    checkpoint?: string;
    dryRun?: boolean;
  }): FineTuneResult {
    const { prepared, state, validation, test, taught, files = {}, checkpoint, dryRun = false } = parts;
    return {
      outputDirectory: this.#options.outputDirectory,
      metrics: validation?.evaluation.metrics ?? {},
      evaluation: validation?.evaluation,
      testMetrics: test?.evaluation.metrics,
      trainLoss: state.totalLoss.count > 0 ? state.totalLoss.sum / state.totalLoss.count : Number.NaN,
      steps: state.step,
      seconds: state.seconds,
      interrupted: checkpoint !== undefined,
      checkpoint,
      dryRun,
      plan: prepared.plan,
      files,
      seeds: undefined,
      ...(taught === undefined ? {} : { taught }),
    };
  }
}

/** The predictions of the validation rows, for people and programs. */
function predictionsOf(
  problem: AnyProblem,
  set: EncodedSet | undefined,
  trial: Trial | undefined,
): readonly Json[] | undefined {
  if (set === undefined || trial === undefined) return undefined;
  return describePredictions(problem, set.examples, trial.predictions, set.items);
}
