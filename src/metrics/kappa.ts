import { confusionMatrix, marginals } from "./confusion-matrix.js";
import type { ClassMetric } from "./metric.js";

/**
 * Cohen's kappa: agreement beyond what chance gives. 1 where truth and predictions are all one and the same
 * class, so that agreement by chance is certain.
 */
export const kappa: ClassMetric = {
  name: "cohen_kappa",
  greaterIsBetter: true,
  compute(truth, predicted) {
    const matrix = confusionMatrix(truth, predicted);
    const { rows, columns } = marginals(matrix);
    const count = truth.length;
    const observed = matrix.reduce((sum, row, c) => sum + row[c]!, 0) / count;
    const chance = rows.reduce((sum, row, c) => sum + row * columns[c]!, 0) / count ** 2;
    return chance === 1 ? 1 : (observed - chance) / (1 - chance);
  },
};
