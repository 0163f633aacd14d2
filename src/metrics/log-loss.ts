import { checkPaired, type Metric } from "./metric.js";

/** The smallest probability that counts, so that one impossible prediction does not make the mean infinite. */
const smallest = Number.EPSILON;

/** The mean of -log(probability given to the true class), in nats. `probabilities` holds one row an example. */
export const logLoss: Metric<[truth: ArrayLike<number>, probabilities: ArrayLike<ArrayLike<number>>]> = {
  name: "log_loss",
  greaterIsBetter: false,
  compute(truth, probabilities) {
    checkPaired("log_loss", truth, probabilities);
    let sum = 0;
    for (let i = 0; i < truth.length; i++) {
      const probability = probabilities[i]![truth[i]!] ?? 0;
      sum -= Math.log(Math.min(Math.max(probability, smallest), 1 - smallest));
    }
    return sum / truth.length;
  },
};
