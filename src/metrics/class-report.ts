import { confusionMatrix, marginals } from "./confusion-matrix.js";
import { ratio } from "./metric.js";

/** How well one class is found. `support` counts its true examples. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** What was counted for one class. */
export interface ClassCounts {
  /** Examples of the class that were predicted so. */
  readonly right: number;
  readonly predicted: number;
  readonly actual: number;
}

/** Scores of each class and their averages: over all decisions, over classes, over classes by support. */
export interface ClassReport {
  readonly classes: ReadonlyMap<string, ClassScores>;
  readonly micro: ClassScores;
  readonly macro: ClassScores;
  readonly weighted: ClassScores;
}

/**
 * Precision, recall and F1 of every class that occurs in truth or predictions. A score without any example
 * to count is 0, as scikit-learn has it with `zero_division=0`.
 */
export function classReport(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  names: readonly string[] = [],
): ClassReport {
  const matrix = confusionMatrix(truth, predicted);
  const { rows, columns } = marginals(matrix);
  const counts = new Map<string, ClassCounts>();
  for (let c = 0; c < matrix.length; c++) {
    if (rows[c]! + columns[c]! === 0) continue;
    counts.set(names[c] ?? String(c), { right: matrix[c]![c]!, predicted: columns[c]!, actual: rows[c]! });
  }
  return reportOf(counts);
}

/** The report that follows from counts. */
export function reportOf(counts: ReadonlyMap<string, ClassCounts>): ClassReport {
  const classes = new Map([...counts].map(([name, count]) => [name, scoresOf(count)]));
  const all = [...counts.values()].reduce<ClassCounts>(
    (sum, count) => ({
      right: sum.right + count.right,
      predicted: sum.predicted + count.predicted,
      actual: sum.actual + count.actual,
    }),
    { right: 0, predicted: 0, actual: 0 },
  );
  const scores = [...classes.values()];
  return {
    classes,
    micro: scoresOf(all),
    macro: average(
      scores,
      scores.map(() => 1),
      all.actual,
    ),
    weighted: average(
      scores,
      scores.map((score) => score.support),
      all.actual,
    ),
  };
}

/** Precision, recall and F1 that follow from counts. */
export function scoresOf({ right, predicted, actual }: ClassCounts): ClassScores {
  return {
    precision: ratio(right, predicted),
    recall: ratio(right, actual),
    f1: ratio(2 * right, predicted + actual),
    support: actual,
  };
}

function average(scores: readonly ClassScores[], weights: readonly number[], support: number): ClassScores {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (key: "precision" | "recall" | "f1") =>
    ratio(
      scores.reduce((sum, score, i) => sum + weights[i]! * score[key], 0),
      total,
    );
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1"), support };
}
