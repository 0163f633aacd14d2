import assert from "node:assert/strict";
import { test } from "node:test";
import { hubMetricName, metricTitle } from "./metric-names.js";

test("metrics in words and in the Hub's names", () => {
  const cases = [
    ["accuracy", "accuracy", "accuracy"],
    ["macro_f1", "macro F1", "f1"],
    ["macroF1", "macro F1", "f1"],
    ["f1", "F1", "f1"],
    ["exact_match", "exact match", "exact_match"],
    ["exactMatch", "exact match", "exact_match"],
    ["roc_auc", "ROC AUC", "roc_auc"],
    ["spearmanr", "spearmanr", "spearmanr"],
    ["pearson", "pearson", "pearsonr"],
    ["meanSquaredError", "mean squared error", "mse"],
    ["mse", "MSE", "mse"],
    ["bleu", "BLEU", "bleu"],
    ["chrf", "chrF", "chrf"],
    ["rougeL", "ROUGE-L", "rouge"],
    ["weighted_precision", "weighted precision", "precision"],
  ];
  for (const [name, title, hub] of cases) {
    assert.equal(metricTitle(name!), title);
    assert.equal(hubMetricName(name!), hub);
  }
});
