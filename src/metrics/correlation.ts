import { checkPaired, type Metric } from "./metric.js";
import { ranks } from "./ranks.js";

/** Numbers, one an example: the true ones, then the predicted ones. */
export type NumberMetric = Metric<[truth: ArrayLike<number>, predicted: ArrayLike<number>]>;

/** Pearson's correlation: how well a straight line joins truth and prediction. Not a number where one is constant. */
export const pearson: NumberMetric = {
  name: "pearson",
  greaterIsBetter: true,
  compute(truth, predicted) {
    checkPaired("pearson", truth, predicted);
    const meanX = mean(truth);
    const meanY = mean(predicted);
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (let i = 0; i < truth.length; i++) {
      const x = truth[i]! - meanX;
      const y = predicted[i]! - meanY;
      xy += x * y;
      xx += x * x;
      yy += y * y;
    }
    return xx === 0 || yy === 0 ? Number.NaN : Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
  },
};

/** Spearman's correlation: Pearson's over ranks, equal numbers sharing a rank. */
export const spearman: NumberMetric = {
  name: "spearmanr",
  greaterIsBetter: true,
  compute(truth, predicted) {
    checkPaired("spearmanr", truth, predicted);
    return pearson.compute(ranks(truth), ranks(predicted));
  },
};

/** Kendall's tau-b: pairs in the same order less pairs in the opposite one, corrected for ties. Takes time n squared. */
export const kendall: NumberMetric = {
  name: "kendall_tau",
  greaterIsBetter: true,
  compute(truth, predicted) {
    checkPaired("kendall_tau", truth, predicted);
    let agreement = 0;
    let pairsX = 0;
    let pairsY = 0;
    for (let i = 0; i < truth.length; i++) {
      for (let j = 0; j < i; j++) {
        const x = Math.sign(truth[i]! - truth[j]!);
        const y = Math.sign(predicted[i]! - predicted[j]!);
        agreement += x * y;
        pairsX += x * x;
        pairsY += y * y;
      }
    }
    return pairsX === 0 || pairsY === 0 ? Number.NaN : agreement / Math.sqrt(pairsX) / Math.sqrt(pairsY);
  },
};

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
