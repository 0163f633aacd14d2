import { FileError, type JsonObject } from "../base/index.js";
import type { TaskForm } from "../data/columns.js";
import { type Head, headOf } from "../models/index.js";
import { taskNamed, tasks } from "../tasks/index.js";
import type { AnyProblem, AnyTask, EncodeSettings, TaskItem } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { WorkerLearner } from "../training/worker-learner.js";
import type { RunContext } from "./events.js";
import { ItemWriter } from "./item-writer.js";
import { taskSettings } from "./load-data.js";
import { openModelTokenizer } from "./model-tokenizer.js";
import { type OpenModel, openModel } from "./open-model.js";
import type { PredictionInput, PredictOptions } from "./options.js";
import { packsTexts } from "./packed-feeds.js";
import { rowLayout } from "./row-layout.js";
import { evaluationOutputs, type RunResult, runItems } from "./run-items.js";
import { buildGraphs, encodeSettings, finishedWeights, orClose, startLearner } from "./session.js";

/** A fine-tuned model ready for use. Call it with one input for one prediction, with several for several. */
export interface Pipeline {
  (input: PredictionInput): Promise<JsonObject>;
  (inputs: readonly PredictionInput[]): Promise<JsonObject[]>;
  /** `text-classification`, ... */
  readonly task: TaskForm;
  readonly labels: readonly string[];
  /** `onnxruntime 1.30.0 (cpu, 2 threads)`. */
  readonly runtime: string;
  /** End the worker thread. */
  close(): Promise<void>;
}

/** What can be set about a pipeline: the options of `predict`, but for model and inputs. */
export type PipelineOptions = Omit<
  Partial<PredictOptions>,
  "model" | "inputs" | "file" | "outputFile" | "overwrite"
>;

/**
 * Load a fine-tuned model by path or Hub name.
 *
 * ```ts
 * const classify = await loadPipeline("my-model");
 * await classify("要素の外側の余白を設定する CSS プロパティです。"); // { label: "CSS", score: 0.985, truncated: false, ... }
 * await classify.close();
 * ```
 */
export async function loadPipeline(nameOrPath: string, options: PipelineOptions = {}): Promise<Pipeline> {
  const ready = await openForUse({ ...options, model: nameOrPath }, { withLoss: false });
  const predict = async (inputs: readonly PredictionInput[]): Promise<JsonObject[]> => {
    const examples = inputs.map((input) => ready.task.exampleOf(input));
    const { predictions, items } = await ready.run(examples);
    return describePredictions(ready.problem, examples, predictions, items);
  };
  const pipeline = async (
    input: PredictionInput | readonly PredictionInput[],
  ): Promise<JsonObject | JsonObject[]> =>
    Array.isArray(input) ? predict(input) : (await predict([input as PredictionInput]))[0]!;
  return Object.assign(pipeline, {
    task: ready.task.name,
    labels: ready.problem.labels,
    runtime: await ready.learner.describe(),
    close: () => ready.close(),
  }) as Pipeline;
}

/** A model with its task, and what runs it. */
export interface ReadyModel {
  readonly model: OpenModel;
  readonly tokenizer: Tokenizer;
  readonly task: AnyTask;
  readonly problem: AnyProblem;
  readonly settings: EncodeSettings;
  readonly learner: WorkerLearner;
  readonly parameterCount: number;
  /** Predictions of examples, with the items they were read as. */
  run(examples: readonly unknown[], context?: RunContext): Promise<ReadyResult>;
  /** End the worker threads. */
  close(): Promise<void>;
}

export interface ReadyResult extends RunResult {
  readonly items: readonly TaskItem[];
  readonly predictions: readonly unknown[];
}

/** Open a fine-tuned model for prediction or, with its loss, for evaluation. */
export async function openForUse(
  options: Partial<PredictOptions> & { readonly model: string },
  { withLoss }: { withLoss: boolean },
): Promise<ReadyModel> {
  const { revision, offline } = options;
  const access = {
    ...(revision === undefined ? {} : { revision }),
    ...(offline === undefined ? {} : { offline }),
  };
  const model = await openModel(options.model, access);
  const task = taskNamed(taskOf(model));
  const problem: AnyProblem = task.restore(model.config, taskSettings(options), model.configPath);
  const packs = packsTexts(options.packing, model, problem.head);
  const graphs = buildGraphs(model, problem, { packs });
  const { parameters, evaluationState: state } = graphs;
  const outputs = evaluationOutputs(graphs, withLoss);
  // Integers need the weights as they are compiled. Else the runtime starts in its thread while this one reads tokenizer
  // and weights, and an evaluation gives the very numbers that it gave in training.
  const fixed = options.precision === "int8";
  const learner = startLearner(options, parameters);
  const [tokenizer, weights] = await orClose(learner, [
    openModelTokenizer(model, { tokenizer: options.tokenizer ?? options.model, ...access }),
    finishedWeights(model, parameters),
    ...(fixed ? [] : [learner.prepareForward("evaluation", outputs)]),
  ]);
  const settings = encodeSettings(options, task.defaults, model, tokenizer);
  const [writer] = await orClose(learner, [ItemWriter.create(model, problem, tokenizer, settings, options)]);
  await writer?.setParameters(weights);
  await learner.takeParameters(weights);
  if (fixed) await orClose(learner, [learner.prepareForward("evaluation", outputs, { fixed })]);
  const batchSize = options.batchSize ?? 32;
  const layout = rowLayout(model, tokenizer, settings.maxLength, packs);
  return {
    model,
    tokenizer,
    task,
    problem,
    settings,
    learner,
    async close() {
      await learner.close();
      await writer?.close();
    },
    parameterCount: parameters.reduce(
      (count, { shape }) => count + shape.reduce<number>((a, b) => a * Number(b), 1),
      0,
    ),
    async run(examples, { events } = {}) {
      const items: readonly TaskItem[] = problem.encode(examples, tokenizer, settings);
      const running = { batchSize, layout, withLoss, state, events };
      const likely =
        writer === undefined || withLoss
          ? await runItems(learner, "evaluation", problem, items, running)
          : { outputs: items.map(() => ({})), loss: undefined, batchCount: 0 };
      const written = await writer?.write(items, likely.outputs, { batchSize, events });
      const outputs = written ?? likely.outputs;
      return { ...likely, outputs, items, predictions: problem.decide(examples, items, outputs) };
    },
  };
}

/** Predictions for files and programs. */
export function describePredictions(
  problem: AnyProblem,
  examples: readonly unknown[],
  predictions: readonly unknown[],
  items: readonly TaskItem[],
): JsonObject[] {
  const byExample: TaskItem[][] = examples.map(() => []);
  for (const item of items) byExample[item.example]!.push(item);
  return examples.map((example, i) => problem.describePrediction(example, predictions[i], byExample[i]!));
}

/** The task that a model's head is for. */
const taskByHead: ReadonlyMap<Head, TaskForm> = new Map([
  ["sequence-classification", "text-classification"],
  ["token-classification", "token-classification"],
  ["span-extraction", "question-answering"],
  ["multiple-choice", "multiple-choice"],
  ["causal-lm", "language-modelling"],
  ["masked-lm", "masked-language-modelling"],
  ["sequence-to-sequence", "translation"],
]);

function taskOf({ architecture, config, configPath }: OpenModel): TaskForm {
  const head = headOf(architecture, config);
  const task = head === undefined ? undefined : taskByHead.get(head);
  const said = config["task"]; // of those that share a head, a model learnt one
  if (task === "translation" && typeof said === "string" && Object.hasOwn(tasks, said))
    return said as TaskForm;
  if (task !== undefined) return task;
  const names = [...taskByHead.keys()].map((known) => architecture.classNames.get(known)).join(", ");
  throw new FileError(
    configPath,
    `architectures: expected a fine-tuned model (${names}), got ${JSON.stringify(config["architectures"])}`,
    {
      hint: "fine-tune the checkpoint first: npx tsugiki fine-tune --model ... --train-file ...",
    },
  );
}
