import { arch, cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Json } from "../base/index.js";
import {
  type CardTask,
  evaluationResults,
  type ModelCardFacts,
  modelCard,
  resultsText,
  trainerStateText,
  trainResults,
} from "../export/index.js";
import { writeFileAtomically } from "../hub/index.js";
import { confusionMatrixSvg, trainingCurveSvg } from "../pictures/index.js";
import type { RunState } from "./checkpoints.js";
import type { OpenModel } from "./open-model.js";
import { type RunSetup, type Trial, trainerStateOf, trainResultOf } from "./training-run.js";
import { version } from "./version.js";

/** What a finished run knows of itself, for its record. */
export interface FinishedRun {
  readonly setup: RunSetup;
  readonly state: RunState;
  readonly model: OpenModel;
  /** What the model is for, and the names of what it tells apart. */
  readonly task: CardTask;
  readonly labels: readonly string[];
  readonly data: RunData;
  readonly runtime: string;
  readonly parameterCount: number;
  /** The saved model on the validation and on the test rows. */
  readonly validation: Trial | undefined;
  readonly test: Trial | undefined;
  /** The predictions of the validation rows, where it has them by row. */
  readonly predictions: readonly Json[] | undefined;
  /** All options as they were in force. */
  readonly resolved: Readonly<Record<string, Json | undefined>>;
}

/** What was learnt from, and tried on. */
export interface RunData
  extends Pick<
    ModelCardFacts,
    "train" | "evaluation" | "corpora" | "knownDocumentCount" | "overlapCount" | "labelsOnlyInEvaluation"
  > {
  /** For `run.json`: plain values. */
  readonly report: unknown;
}

/** Write what a run leaves beside its model: results, state, predictions, curve, model card. Returns the files by what they are. */
export async function writeRunRecord(run: FinishedRun): Promise<Record<string, string>> {
  const { setup, state, validation, test } = run;
  const { outputDirectory } = setup;
  const written: Record<string, string> = {};
  const write = async (what: string, name: string, text: string): Promise<void> => {
    await writeFileAtomically(join(outputDirectory, name), [text]);
    written[what] = name;
  };
  const trained = trainResults(trainResultOf(setup, state));
  const evaluated = validation === undefined ? {} : evaluationResults(validation.result);
  const tested = test === undefined ? {} : evaluationResults(test.result, "test");
  await write("training results", "train_results.json", resultsText(trained));
  if (validation !== undefined)
    await write("evaluation results", "eval_results.json", resultsText(evaluated));
  if (test !== undefined) await write("test results", "test_results.json", resultsText(tested));
  await write("results", "all_results.json", resultsText(trained, evaluated, tested));
  await write("state", "trainer_state.json", trainerStateText(trainerStateOf(setup, state)));
  await write("run record", "run.json", `${JSON.stringify(runRecord(run), null, 2)}\n`);
  if (run.predictions !== undefined)
    await write("predictions", "predictions.jsonl", jsonLines(run.predictions));
  await write("curve", "training.svg", curveOf(run));
  const confusion = validation?.evaluation.confusion;
  if (confusion !== undefined && confusion.labels.length <= 60)
    await write("confusions", "confusion.svg", confusionMatrixSvg(confusion.labels, confusion.counts));
  await write("model card", "README.md", modelCard(cardFacts(run, written)));
  return written;
}

/** One JSON value a line. */
export function jsonLines(values: readonly Json[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** Everything by which the run can be told and done again. */
function runRecord({ model, task, data, runtime, resolved, setup, state }: FinishedRun): Json {
  return JSON.parse(
    JSON.stringify({
      tsugiki: version,
      task,
      problem: setup.problem.description,
      baseModel: model.isNew ? undefined : { name: model.name, commit: model.commit },
      options: resolved,
      seed: setup.seed,
      plan: setup.plan,
      fingerprint: setup.fingerprint,
      runtime,
      machine: machineText(),
      node: process.versions.node,
      seconds: state.seconds,
      peakMemory: process.resourceUsage().maxRSS * 1024,
      data: data.report,
    }),
  ) as Json;
}

function curveOf({ setup, state }: FinishedRun): string {
  const metricName = setup.problem.primaryMetric.name;
  return trainingCurveSvg({
    title: setup.outputDirectory,
    train: state.history.flatMap((entry) =>
      entry.kind === "train" ? [{ step: entry.step, loss: entry.loss }] : [],
    ),
    evaluation: state.history.flatMap((entry) =>
      entry.kind === "evaluation"
        ? [
            {
              step: entry.step,
              loss: entry.result.loss ?? Number.NaN,
              metric: entry.result.metrics[metricName],
            },
          ]
        : [],
    ),
    metricName,
    bestStep: state.best?.step,
  });
}

function cardFacts(run: FinishedRun, files: Readonly<Record<string, string>>): ModelCardFacts {
  const { setup, state, model, task, labels, data, runtime, parameterCount, validation, resolved } = run;
  const { problem, outputDirectory, options } = setup;
  const { report: _, ...cardData } = data;
  const confusion = validation?.evaluation.confusion;
  const epochs = state.history.flatMap((entry) => {
    if (entry.kind !== "evaluation") return [];
    const before = state.history.findLast((other) => other.kind === "train" && other.step <= entry.step);
    return [
      {
        epoch: entry.result.epoch ?? 0,
        step: entry.step,
        trainLoss: before?.kind === "train" ? before.loss : undefined,
        evaluationLoss: entry.result.loss,
        metrics: entry.result.metrics,
      },
    ];
  });
  return {
    name: outputDirectory.split("/").filter(Boolean).at(-1) ?? outputDirectory,
    directory: outputDirectory,
    task,
    baseModel: model.isNew
      ? undefined
      : { name: model.name, onHub: model.commit !== undefined, revision: model.commit },
    architecture: {
      name: model.architecture.modelType,
      layerCount: model.network.layerCount,
      hiddenSize: model.network.hiddenSize,
      parameterCount,
    },
    labels,
    ...cardData,
    epochs,
    best:
      state.best === undefined || !options.keepBest
        ? undefined
        : { step: state.best.step, metricName: options.bestMetric ?? problem.primaryMetric.name },
    metrics: validation?.evaluation.metrics,
    byLabel: validation?.evaluation.classes,
    confusions: confusion?.counts.flatMap((row, truth) =>
      row.flatMap((count, predicted) =>
        truth !== predicted && count > 0
          ? [{ truth: confusion.labels[truth]!, predicted: confusion.labels[predicted]!, count }]
          : [],
      ),
    ),
    options: resolved,
    environment: {
      versions: { tsugiki: version, node: process.versions.node },
      machine: machineText(),
      runtime,
      seconds: state.seconds,
      tokensPerSecond: state.seconds > 0 ? state.tokensSeen / state.seconds : undefined,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      date: new Date().toISOString().slice(0, 10),
    },
    pictures: { trainingCurve: files["curve"], confusionMatrix: files["confusions"] },
  };
}

function machineText(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${arch()}`;
}
