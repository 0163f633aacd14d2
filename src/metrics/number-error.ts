import type { NumberMetric } from "./correlation.js";
import { checkPaired } from "./metric.js";

/** The mean of the squared difference between truth and prediction. */
export const meanSquaredError: NumberMetric = {
  name: "mse",
  greaterIsBetter: false,
  compute(truth, predicted) {
    checkPaired("mse", truth, predicted);
    return meanOf(truth, (x, i) => (x - predicted[i]!) ** 2);
  },
};

/** The mean of the difference's size between truth and prediction. */
export const meanAbsoluteError: NumberMetric = {
  name: "mae",
  greaterIsBetter: false,
  compute(truth, predicted) {
    checkPaired("mae", truth, predicted);
    return meanOf(truth, (x, i) => Math.abs(x - predicted[i]!));
  },
};

/** The share of the truth's variance that the predictions explain; below 0 when the mean would do better. */
export const rSquared: NumberMetric = {
  name: "r2",
  greaterIsBetter: true,
  compute(truth, predicted) {
    const error = meanSquaredError.compute(truth, predicted);
    const mean = meanOf(truth, (x) => x);
    const variance = meanOf(truth, (x) => (x - mean) ** 2);
    if (variance === 0) return error === 0 ? 1 : 0;
    return 1 - error / variance;
  },
};

function meanOf(values: ArrayLike<number>, term: (value: number, index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += term(values[i]!, i);
  return sum / values.length;
}
