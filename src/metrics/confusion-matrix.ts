import { checkPaired } from "./metric.js";

/** Counts of examples: `matrix[true class][predicted class]`. `classCount` is taken from the data where it is not given. */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount?: number,
): number[][] {
  checkPaired("confusion matrix", truth, predicted);
  const size = classCount ?? 1 + Math.max(largest(truth), largest(predicted));
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let i = 0; i < truth.length; i++) matrix[truth[i]!]![predicted[i]!]!++;
  return matrix;
}

/** Sums along the rows (examples of a class) and columns (predictions of a class) of a confusion matrix. */
export function marginals(matrix: readonly (readonly number[])[]): { rows: number[]; columns: number[] } {
  const rows = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = matrix.map((_, j) => matrix.reduce((sum, row) => sum + row[j]!, 0));
  return { rows, columns };
}

function largest(classes: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < classes.length; i++) max = Math.max(max, classes[i]!);
  return max;
}
