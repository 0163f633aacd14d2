import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../test/shared.js";
import {
  accuracy,
  averagePrecision,
  balancedAccuracy,
  type ClassMetric,
  classReport,
  confusionMatrix,
  f1,
  kappa,
  logLoss,
  macroF1,
  macroPrecision,
  macroRecall,
  matthews,
  microF1,
  precision,
  recall,
  rocAuc,
  weightedF1,
} from "./index.js";

const close = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-12, `${what}: ${actual} is not ${expected}`);

describe("classification metrics", () => {
  test("equal scikit-learn's", needs("golden/metrics/glue.json"), () => {
    const byKey: Record<string, ClassMetric> = {
      accuracy,
      mcc: matthews,
      kappa,
      f1_macro: macroF1,
      f1_micro: microF1,
      f1_weighted: weightedF1,
      precision_macro: macroPrecision,
      recall_macro: macroRecall,
      balanced_accuracy: balancedAccuracy,
      f1_binary: f1,
      precision_binary: precision,
      recall_binary: recall,
    };
    const other = new Set(["true", "pred", "confusion", "scores", "roc_auc", "average_precision"]);
    const { classification } = sharedJson("golden/metrics/glue.json");
    assert.equal(classification.length, 14);
    for (const [i, golden] of classification.entries()) {
      for (const key of Object.keys(golden)) {
        if (other.has(key) || key.startsWith("log_loss")) continue;
        close(byKey[key]!.compute(golden.true, golden.pred), golden[key], `case ${i}, ${key}`);
      }
      if (golden.confusion) {
        const matrix = confusionMatrix(golden.true, golden.pred, golden.confusion.length);
        assert.deepEqual(matrix, golden.confusion);
        close(logLoss.compute(golden.true, golden.log_loss_probs), golden.log_loss, `case ${i}, log loss`);
      }
      if (golden.scores) {
        close(rocAuc.compute(golden.true, golden.scores), golden.roc_auc, `case ${i}, ROC AUC`);
        close(
          averagePrecision.compute(golden.true, golden.scores),
          golden.average_precision,
          `case ${i}, AP`,
        );
      }
    }
  });

  test("the report names classes and counts their examples", () => {
    const report = classReport([0, 0, 1, 2], [0, 1, 1, 1], ["API", "CSS", "HTML"]);
    assert.deepEqual(report.classes.get("API"), { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
    assert.deepEqual(report.classes.get("HTML"), { precision: 0, recall: 0, f1: 0, support: 1 });
    assert.equal(report.micro.f1, 0.5);
    assert.equal(report.weighted.support, 4);
  });

  test("a class that nothing has and nothing predicts does not count in the mean", () => {
    assert.equal(macroF1.compute([0, 2], [0, 2]), 1);
  });

  test("tied scores share the area", () => {
    assert.equal(rocAuc.compute([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]), 0.5);
    assert.equal(averagePrecision.compute([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]), 0.5);
    assert.ok(Number.isNaN(rocAuc.compute([1, 1], [0.1, 0.2])));
    assert.equal(averagePrecision.compute([0, 0], [0.1, 0.2]), 0);
  });

  test("an impossible prediction costs much, not infinitely", () => {
    close(logLoss.compute([0], [[0, 1]]), -Math.log(Number.EPSILON), "log loss");
  });

  test("uneven input and no input are refused", () => {
    assert.throws(
      () => accuracy.compute([1, 0], [1]),
      /expected as many predictions as examples, got 1 for 2/,
    );
    assert.throws(() => accuracy.compute([], []), /expected at least one example/);
  });

  test("one class only", () => {
    assert.equal(matthews.compute([1, 1], [1, 1]), 0);
    assert.equal(kappa.compute([1, 1], [1, 1]), 1);
  });
});
