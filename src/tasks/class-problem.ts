import { argmax, DataError, FileError, float32, int64, type JsonObject, type Tensor } from "../base/index.js";
import { input, type Value } from "../engine/index.js";
import type { ClassReport } from "../metrics/index.js";
import {
  accuracy,
  classReport,
  f1,
  macroF1,
  matthews,
  multiLabelReport,
  samplesF1,
  subsetAccuracy,
  weightedF1,
} from "../metrics/index.js";
import type { ModelOutputs } from "../models/index.js";
import { binaryLoss, labelLoss } from "../objectives/losses.js";
import { classWeights, labelFields, labelsOfConfig, sortLabels } from "./labels.js";
import { sigmoidOf, softmaxOf } from "./probabilities.js";
import type { Evaluation, ItemOutput, TaskItem, TaskSettings } from "./task.js";
import type { TextExample, TextProblem } from "./text-example.js";
import { averageWindows, describeText, encodeTexts } from "./text-items.js";

/** Which labels a text got, and the probability of each label there is. */
export interface ClassPrediction {
  readonly labelIds: readonly number[];
  readonly probabilities: Float64Array;
}

type Kind = "single-label" | "multi-label";

/** What differs between one label and several. */
interface ClassProblemState {
  readonly kind: Kind;
  readonly labels: readonly string[];
  readonly weights: Float64Array; // one a class
  /** From which probability on each label is given; multi-label only. */
  thresholds: number[];
  readonly findThresholds: boolean;
}

/** Settle the labels of texts from the training examples. */
export function learnClasses(
  examples: readonly TextExample[],
  kind: Kind,
  settings: TaskSettings,
): TextProblem<ClassPrediction> {
  const labels = sortLabels(examples.flatMap(namesOf));
  if (labels.length < (kind === "single-label" ? 2 : 1))
    throw new DataError(
      `expected at least two different labels in the training data, got ${labels.join(", ") || "none"}`,
      {
        hint: "name the column that holds the label: --label-column",
      },
    );
  const counts = labels.map((label) => examples.filter((example) => namesOf(example).includes(label)).length);
  const { threshold = 0.5 } = settings;
  return classProblem({
    kind,
    labels,
    weights: classWeights(settings.classWeights, labels, counts),
    thresholds: labels.map(() => (threshold === "auto" ? 0.5 : threshold)),
    findThresholds: threshold === "auto",
  });
}

/** The labels that config.json lists. */
export function restoreClasses(
  config: JsonObject,
  settings: TaskSettings,
  place: string,
): TextProblem<ClassPrediction> {
  const labels = labelsOfConfig(config, place) ?? ["LABEL_0", "LABEL_1"];
  const kind = config["problem_type"] === "multi_label_classification" ? "multi-label" : "single-label";
  const stored = config["thresholds"];
  if (
    stored !== undefined &&
    !(Array.isArray(stored) && stored.length === labels.length && stored.every(Number.isFinite))
  )
    throw new FileError(place, `thresholds: expected ${labels.length} numbers`);
  const { threshold } = settings;
  const fixed = typeof threshold === "number" ? labels.map(() => threshold) : undefined;
  return classProblem({
    kind,
    labels,
    weights: new Float64Array(labels.length).fill(1),
    thresholds: fixed ?? (stored as number[] | undefined) ?? labels.map(() => 0.5),
    findThresholds: threshold === "auto",
  });
}

function classProblem(state: ClassProblemState): TextProblem<ClassPrediction> {
  const { kind, labels } = state;
  const several = kind === "multi-label";
  const ids = new Map(labels.map((label, id) => [label, id]));
  /** The ids of an example's labels; undefined where it has none, or one that was not learnt. */
  const truthOf = (example: TextExample): readonly number[] | undefined => {
    if (example.label === undefined) return undefined;
    const found = namesOf(example).map((label) => ids.get(label));
    return found.every((id) => id !== undefined) ? (found as number[]) : undefined;
  };
  const unlearnt = (names: readonly string[]): string[] => sortLabels(names.filter((name) => !ids.has(name)));
  return {
    head: "sequence-classification",
    labelCount: labels.length,
    labels,
    description: `text-classification, ${labels.length} labels${several ? " (several a text)" : ""}`,
    primaryMetric: { name: several ? "micro_f1" : "accuracy", greaterIsBetter: true },
    configFields: () => ({
      problem_type: several ? "multi_label_classification" : "single_label_classification",
      ...labelFields(labels),
      ...(several ? { thresholds: state.thresholds } : {}),
    }),
    encode: (examples, tokenizer, settings): readonly ClassItem[] =>
      encodeTexts(examples, tokenizer, settings).map((item) => ({
        ...item,
        truth: truthOf(examples[item.example]!),
      })),
    loss: (outputs) =>
      several
        ? binaryLoss(
            logitsOf(outputs),
            input("targets", ["batch", labels.length]),
            input("weights", ["batch", labels.length]),
          )
        : labelLoss(logitsOf(outputs), input("labels", ["batch"], "int64"), input("weights", ["batch"])),
    weightOf: (items) => (items as ClassItem[]).reduce((total, item) => total + weightOf(item, state), 0),
    targets: (items, _length, totalWeight) => targets(items as ClassItem[], totalWeight, state),
    readOutputs: (items, outputs) => {
      const logits = outputs.get("logits")!.data as Float32Array;
      return items.map((_, i) => ({ logits: logits.slice(i * labels.length, (i + 1) * labels.length) }));
    },
    decide: (examples, items, outputs, options) =>
      decide(examples, items, outputs, state, options?.findThresholds ? truthOf : undefined),
    notes(examples) {
      const rows = examples.map(namesOf).filter((names) => names.some((name) => !ids.has(name)));
      const names = unlearnt(rows.flat());
      const some = [...names.slice(0, 5), ...(names.length > 5 ? ["..."] : [])].join(", ");
      return [
        { count: rows.length, what: `rows with labels that were never learnt (${some}) count as wrong` },
      ];
    },
    evaluate(examples, predictions) {
      // a label that was not learnt is never predicted, and so is wrong
      const all = [...labels, ...unlearnt(examples.flatMap(namesOf))];
      const place = new Map(all.map((label, i) => [label, i]));
      const judged = examples.flatMap((example, i) =>
        example.label === undefined
          ? []
          : [{ truth: namesOf(example).map((name) => place.get(name)!), prediction: predictions[i]! }],
      );
      return several ? evaluateSeveral(judged, all) : evaluateOne(judged, all);
    },
    describePrediction(example, { labelIds, probabilities }, items) {
      const named = labelIds.map((id) => labels[id]!);
      const truth = example.label;
      return {
        ...describeText(example, items),
        ...(several ? { labels: named } : { label: named[0]!, score: probabilities[labelIds[0]!]! }),
        probabilities: Object.fromEntries(labels.map((label, id) => [label, probabilities[id]!])),
        ...(truth === undefined ? {} : { truth }),
      };
    },
    ...(several ? {} : { scored: { placesOf: () => [[0, 0]], isPerToken: false } }),
    labelOf: (example) => (several ? namesOf(example) : namesOf(example)[0]),
    textOf: ({ text, pair }) => (pair === undefined ? text : `${text}\t${pair}`),
  };
}

interface ClassItem extends TaskItem {
  readonly truth: readonly number[] | undefined;
}

/** The head's logits. */
export function logitsOf(outputs: ModelOutputs): Value {
  return outputs.heads.get("logits")!;
}

function namesOf({ label }: TextExample): string[] {
  if (label === undefined) return [];
  return typeof label === "object" ? [...label] : [String(label)];
}

/** What an item counts in the loss: its class's weight, or the mean over all labels where there are several. */
function weightOf({ truth }: ClassItem, { kind, weights }: ClassProblemState): number {
  if (truth === undefined) return 0;
  return kind === "single-label" ? weights[truth[0]!]! : 1;
}

function targets(
  items: readonly ClassItem[],
  totalWeight: number,
  state: ClassProblemState,
): ReadonlyMap<string, Tensor> {
  const size = state.labels.length;
  const shares = items.map((item) => weightOf(item, state) / totalWeight);
  if (state.kind === "single-label")
    return new Map<string, Tensor>([
      [
        "labels",
        int64(
          [items.length],
          items.map(({ truth }) => truth?.[0] ?? 0),
        ),
      ],
      ["weights", float32([items.length], shares)],
    ]);
  const shape = [items.length, size];
  const isSet = items.flatMap(({ truth }) =>
    state.labels.map((_, id) => Number(truth?.includes(id) ?? false)),
  );
  const counts = items.flatMap((_, i) => Array.from(state.weights, (weight) => (weight * shares[i]!) / size));
  return new Map<string, Tensor>([
    ["targets", float32(shape, isSet)],
    ["weights", float32(shape, counts)],
  ]);
}

function decide(
  examples: readonly TextExample[],
  items: readonly TaskItem[],
  outputs: readonly ItemOutput[],
  state: ClassProblemState,
  truthOf: ((example: TextExample) => readonly number[] | undefined) | undefined,
): ClassPrediction[] {
  const means = averageWindows(examples.length, items, outputs);
  if (state.kind === "single-label")
    return means.map((logits) => ({ labelIds: [argmax(logits)], probabilities: softmaxOf(logits) }));
  const probabilities = means.map(sigmoidOf);
  if (truthOf !== undefined && state.findThresholds)
    state.thresholds = state.labels.map((_, id) =>
      bestThreshold(
        probabilities.map((all) => all[id]!),
        examples.map((example) => truthOf(example)?.includes(id) ?? false),
      ),
    );
  return probabilities.map((all) => ({
    labelIds: state.labels.flatMap((_, id) => (all[id]! >= state.thresholds[id]! ? [id] : [])),
    probabilities: all,
  }));
}

/** The threshold at which a label's F1 is best on the data given; of equal ones the nearest to 0.5. */
function bestThreshold(probabilities: readonly number[], truth: readonly boolean[]): number {
  const f1At = (threshold: number): number => {
    const predicted = probabilities.map((probability) => Number(probability >= threshold));
    return f1.compute(truth.map(Number), predicted);
  };
  const candidates = Array.from({ length: 19 }, (_, i) => (i + 1) / 20).sort(
    (a, b) => Math.abs(a - 0.5) - Math.abs(b - 0.5),
  );
  return candidates.reduce((best, threshold) => (f1At(threshold) > f1At(best) ? threshold : best));
}

interface Judged {
  readonly truth: readonly number[];
  readonly prediction: ClassPrediction;
}

function evaluateOne(judged: readonly Judged[], labels: readonly string[]): Evaluation {
  const truth = judged.map(({ truth }) => truth[0]!);
  const predicted = judged.map(({ prediction }) => prediction.labelIds[0]!);
  const counts = labels.map(() => labels.map(() => 0));
  truth.forEach((label, i) => {
    counts[label]![predicted[i]!]!++;
  });
  return {
    metrics: {
      accuracy: accuracy.compute(truth, predicted),
      macro_f1: macroF1.compute(truth, predicted),
      weighted_f1: weightedF1.compute(truth, predicted),
      matthews_correlation: matthews.compute(truth, predicted),
      ...(labels.length === 2 ? { f1: f1.compute(truth, predicted) } : {}),
    },
    classes: classRows(classReport(truth, predicted, labels)),
    confusion: { labels, counts },
    exampleCount: judged.length,
  };
}

function evaluateSeveral(judged: readonly Judged[], labels: readonly string[]): Evaluation {
  const sets = (idsOf: (judged: Judged) => readonly number[]): number[][] =>
    judged.map((one) => labels.map((_, id) => Number(idsOf(one).includes(id))));
  const [truth, predicted] = [sets((one) => one.truth), sets((one) => one.prediction.labelIds)];
  const report = multiLabelReport(truth, predicted, labels);
  return {
    metrics: {
      micro_f1: report.micro.f1,
      macro_f1: report.macro.f1,
      samples_f1: samplesF1.compute(truth, predicted),
      subset_accuracy: subsetAccuracy.compute(truth, predicted),
    },
    classes: classRows(report),
    exampleCount: judged.length,
  };
}

/** A report as rows for tables. */
export function classRows(report: ClassReport): Evaluation["classes"] {
  return [...report.classes].map(([label, { precision, recall, f1: score, support }]) => ({
    label,
    precision,
    recall,
    f1: score,
    support,
  }));
}
