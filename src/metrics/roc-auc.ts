import { checkPaired, type Metric } from "./metric.js";
import { ranks } from "./ranks.js";

/** For two classes (0 and 1): the true class of each example and a score that rises with class 1. */
export type ScoreMetric = Metric<[truth: ArrayLike<number>, scores: ArrayLike<number>]>;

/**
 * The area under the ROC curve: how often an example of class 1 scores above one of class 0, ties half.
 * Not a number where one of the classes has no example.
 */
export const rocAuc: ScoreMetric = {
  name: "roc_auc",
  greaterIsBetter: true,
  compute(truth, scores) {
    checkPaired("roc_auc", truth, scores);
    const rank = ranks(scores);
    let positives = 0;
    let rankSum = 0;
    for (let i = 0; i < truth.length; i++) {
      if (truth[i] !== 1) continue;
      positives++;
      rankSum += rank[i]!;
    }
    const negatives = truth.length - positives;
    if (positives === 0 || negatives === 0) return Number.NaN;
    return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
  },
};
