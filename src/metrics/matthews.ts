import { confusionMatrix, marginals } from "./confusion-matrix.js";
import { type ClassMetric, ratio } from "./metric.js";

/**
 * Matthews' correlation of truth and prediction: 1 perfect, 0 as good as chance. Several classes by Gorodkin,
 * "Comparing two K-category assignments by a K-category correlation coefficient" (2004). 0 where truth or
 * predictions have one class only.
 */
export const matthews: ClassMetric = {
  name: "matthews_correlation",
  greaterIsBetter: true,
  compute(truth, predicted) {
    const matrix = confusionMatrix(truth, predicted);
    const { rows, columns } = marginals(matrix);
    const count = truth.length;
    const right = matrix.reduce((sum, row, c) => sum + row[c]!, 0);
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, c) => sum + x * b[c]!, 0);
    const covariance = right * count - dot(rows, columns);
    const spread = Math.sqrt(count ** 2 - dot(columns, columns)) * Math.sqrt(count ** 2 - dot(rows, rows));
    return ratio(covariance, spread);
  },
};
