import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { softmaxOf } from "../../src/tasks/probabilities.js";
import { type Features, logisticRegression } from "./logistic-regression.js";

/** A row as features: those that are not 0. */
function featuresOf(row: readonly number[]): Features {
  const columns = row.flatMap((value, column) => (value === 0 ? [] : [column]));
  return { columns, values: columns.map((column) => row[column]!) };
}

describe("logistic regression", () => {
  test("gives the probabilities of scikit-learn 1.9.1, LogisticRegression(C=10, tol=1e-10)", () => {
    const rows = [
      [1, 0, 0.5],
      [0, 1, 0],
      [2, 1, -1],
      [0, 0, 1],
      [1, 3, 0],
      [0, 2, 2],
    ].map(featuresOf);
    const fitted = logisticRegression(rows, [0, 1, 0, 2, 1, 2], {
      classCount: 3,
      columnCount: 3,
      strength: 10,
    });
    const expected = [
      [0.4530465807, 0.1342266055, 0.4127268138],
      [0.1162016764, 0.8762107022, 0.0075876214],
    ];
    const tried = [
      [1, 1, 1],
      [0, 0.5, -1],
    ];
    for (const [i, row] of tried.entries()) {
      const probabilities = softmaxOf(fitted.scores(featuresOf(row)));
      for (const [c, value] of expected[i]!.entries())
        assert.ok(Math.abs(probabilities[c]! - value) < 1e-3, `${probabilities[c]} instead of ${value}`);
    }
  });
});
