import { type ClassCounts, type ClassReport, reportOf, scoresOf } from "./class-report.js";
import { checkPaired, type Metric, ratio } from "./metric.js";

/** One row an example, one column a label: 1 (or true) where the label is set. */
export type LabelSets = ArrayLike<ArrayLike<number | boolean>>;

/** The true label sets, then the predicted ones. */
export type LabelSetMetric = Metric<[truth: LabelSets, predicted: LabelSets]>;

/** Precision, recall and F1 of every label, and their averages. */
export function multiLabelReport(
  truth: LabelSets,
  predicted: LabelSets,
  names: readonly string[] = [],
): ClassReport {
  checkPaired("multi-label report", truth, predicted);
  const counts = new Map<string, ClassCounts>();
  for (let label = 0; label < truth[0]!.length; label++) {
    counts.set(
      names[label] ?? String(label),
      countAlong(truth.length, (i) => [truth[i]![label], predicted[i]![label]]),
    );
  }
  return reportOf(counts);
}

/** The share of examples whose label set was predicted exactly. */
export const subsetAccuracy: LabelSetMetric = perExample("subset_accuracy", ({ right, predicted, actual }) =>
  right === predicted && right === actual ? 1 : 0,
);

/** The mean F1 of the examples' label sets. */
export const samplesF1: LabelSetMetric = perExample("samples_f1", (counts) => scoresOf(counts).f1);

/** The mean over examples of (labels in both) / (labels in either); 0 where both sets are empty. */
export const samplesJaccard: LabelSetMetric = perExample("samples_jaccard", ({ right, predicted, actual }) =>
  ratio(right, predicted + actual - right),
);

/** The share of single label decisions that are wrong. */
export const hammingLoss: LabelSetMetric = {
  ...perExample("hamming_loss", ({ right, predicted, actual }, size) =>
    ratio(predicted + actual - 2 * right, size),
  ),
  greaterIsBetter: false,
};

/** F1 over all label decisions together. */
export const multiLabelMicroF1: LabelSetMetric = fromReport("micro_f1", (report) => report.micro.f1);

/** The mean of the labels' F1, each label counting the same. */
export const multiLabelMacroF1: LabelSetMetric = fromReport("macro_f1", (report) => report.macro.f1);

/** The mean of the labels' F1, each label counting by how often it is set. */
export const multiLabelWeightedF1: LabelSetMetric = fromReport("weighted_f1", (report) => report.weighted.f1);

function fromReport(name: string, pick: (report: ClassReport) => number): LabelSetMetric {
  return {
    name,
    greaterIsBetter: true,
    compute: (truth, predicted) => pick(multiLabelReport(truth, predicted)),
  };
}

function perExample(
  name: string,
  score: (counts: ClassCounts, labelCount: number) => number,
): LabelSetMetric {
  return {
    name,
    greaterIsBetter: true,
    compute(truth, predicted) {
      checkPaired(name, truth, predicted);
      let sum = 0;
      for (let i = 0; i < truth.length; i++) {
        const size = truth[i]!.length;
        sum += score(
          countAlong(size, (label) => [truth[i]![label], predicted[i]![label]]),
          size,
        );
      }
      return sum / truth.length;
    },
  };
}

type Flag = number | boolean | undefined;

function countAlong(size: number, at: (index: number) => [truth: Flag, predicted: Flag]): ClassCounts {
  const counts = { right: 0, predicted: 0, actual: 0 };
  for (let i = 0; i < size; i++) {
    const [truth, predicted] = at(i);
    if (truth) counts.actual++;
    if (predicted) counts.predicted++;
    if (truth && predicted) counts.right++;
  }
  return counts;
}
