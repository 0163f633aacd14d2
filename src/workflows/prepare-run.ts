import type { AnyProblem, EncodeSettings } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { adapterOf } from "./adapter.js";
import { askTeacher, type Teaching } from "./ask-teacher.js";
import { checkHead, checkPooling } from "./check-head.js";
import type { RunContext } from "./events.js";
import { type Feature, withFeatures } from "./feature-graphs.js";
import { checkLearning } from "./learning-options.js";
import { type EncodedSet, encodeSet, type LoadedRows, loadRows, taskSettings } from "./load-data.js";
import { type OpenModel, type openModel, vocabularyNotes } from "./open-model.js";
import { openTokenizer } from "./open-tokenizer.js";
import type { FilledFineTuneOptions } from "./options.js";
import { packsTexts } from "./packed-feeds.js";
import { buildGraphs, encodeSettings, type ProblemGraphs } from "./session.js";
import { planRun, type RunPlan } from "./training-run.js";

/** What is settled before the first step. */
export interface PreparedRun {
  readonly loaded: LoadedRows;
  readonly model: OpenModel;
  readonly tokenizer: Tokenizer;
  readonly problem: AnyProblem;
  readonly settings: EncodeSettings;
  readonly train: EncodedSet;
  readonly validation: EncodedSet | undefined;
  readonly test: EncodedSet | undefined;
  /** What a teacher gave, where there is one. */
  readonly teaching: Teaching | undefined;
  /** Whether rows hold several items each. */
  readonly packs: boolean;
  readonly graphs: ProblemGraphs;
  /** What of the training graph is computed once for each item. */
  readonly features: readonly Feature[];
  readonly plan: RunPlan;
}

/** Read the data, open model and tokenizer, encode the rows, build the graphs, and settle how long the run is. */
export async function prepareRun(
  options: FilledFineTuneOptions,
  seed: number,
  context: RunContext,
  open: typeof openModel,
): Promise<PreparedRun> {
  const { events } = context;
  const loaded = await loadRows({ ...options, seed });
  const onDownload = (p: { doneBytes: number; totalBytes: number }): void =>
    events?.progress?.({ phase: "download", done: p.doneBytes, total: p.totalBytes });
  const access = {
    ...(options.revision === undefined ? {} : { revision: options.revision }),
    ...(options.offline === undefined ? {} : { offline: options.offline }),
    onDownload,
  };
  const tokenizer = await openTokenizer({ tokenizer: options.tokenizer ?? options.model, ...access });
  const added = options.newTokens === undefined ? 0 : tokenizer.addTokens(options.newTokens);
  if (added > 0) events?.note?.(`${added} tokens added to the vocabulary`);
  const { dropout, pooling } = options;
  const changes = {
    tokenizer,
    ...(dropout === undefined ? {} : { dropout }),
    ...(pooling === undefined ? {} : { pooling }),
  };
  const model = await open(options.model, { ...access, changes });
  for (const note of vocabularyNotes(model)) events?.note?.(note);
  const { task } = loaded;
  const learnt = task.learn(loaded.train.examples, taskSettings(options));
  checkLearning(options, learnt);
  checkHead(task.name, learnt, model);
  checkPooling(options, learnt, model);
  const settings = encodeSettings(options, task.defaults, model, tokenizer);
  const packs = packsTexts(options.packing, model, learnt.head);
  const encodedTrain = encodeSet(learnt, loaded.train, tokenizer, settings);
  const teaching = await askTeacher(options, loaded, learnt, encodedTrain, context);
  const { problem, train } = teaching ?? { problem: learnt, train: encodedTrain };
  const encoded = (set: LoadedRows["validation"]): EncodedSet | undefined =>
    set === undefined ? undefined : encodeSet(problem, set, tokenizer, settings);
  const whole = buildGraphs(model, problem, { adapter: adapterOf(options, model.architecture), packs });
  return {
    loaded,
    model,
    tokenizer,
    problem,
    settings,
    train,
    validation: encoded(loaded.validation),
    test: encoded(loaded.test),
    packs,
    teaching,
    ...withFeatures(options, model, problem, whole),
    plan: planRun(options, train.items.length, task.defaults, model.isNew),
  };
}
