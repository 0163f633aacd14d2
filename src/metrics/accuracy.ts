import { type ClassMetric, checkPaired } from "./metric.js";

/** The share of examples whose class was predicted. */
export const accuracy: ClassMetric = {
  name: "accuracy",
  greaterIsBetter: true,
  compute(truth, predicted) {
    checkPaired("accuracy", truth, predicted);
    let right = 0;
    for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) right++;
    return right / truth.length;
  },
};
