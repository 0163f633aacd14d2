import { classReport } from "./class-report.js";
import type { ClassMetric } from "./metric.js";

/** The mean recall of the classes that have examples: accuracy that a frequent class cannot buy. */
export const balancedAccuracy: ClassMetric = {
  name: "balanced_accuracy",
  greaterIsBetter: true,
  compute(truth, predicted) {
    const scores = [...classReport(truth, predicted).classes.values()].filter((score) => score.support > 0);
    return scores.reduce((sum, score) => sum + score.recall, 0) / scores.length;
  },
};
