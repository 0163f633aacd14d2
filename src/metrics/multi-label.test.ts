import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  hammingLoss,
  multiLabelMacroF1,
  multiLabelMicroF1,
  multiLabelReport,
  multiLabelWeightedF1,
  samplesF1,
  samplesJaccard,
  subsetAccuracy,
} from "./index.js";

const bits = (text: string) => text.split(" ").map((row) => [...row].map(Number));
const truth = bits("0010 0011 1010 0000 1010 1001 0011 1000");
const predicted = bits("1110 0011 1010 0000 1010 1001 1111 1000");

describe("multi-label metrics", () => {
  // scikit-learn 1.9.1 on the same sets, zero_division=0
  const expected = [
    [multiLabelMicroF1, 0.8571428571428571],
    [multiLabelMacroF1, 0.7],
    [multiLabelWeightedF1, 0.9333333333333332],
    [samplesF1, 0.7708333333333333],
    [subsetAccuracy, 0.75],
    [hammingLoss, 0.125],
    [samplesJaccard, 0.7291666666666666],
  ] as const;

  for (const [metric, value] of expected) {
    test(`${metric.name} equals scikit-learn's`, () => {
      assert.ok(Math.abs(metric.compute(truth, predicted) - value) <= 1e-12);
    });
  }

  test("only the loss is better when smaller", () => {
    assert.deepEqual(
      expected.filter(([metric]) => !metric.greaterIsBetter).map(([metric]) => metric.name),
      ["hamming_loss"],
    );
  });

  test("the report has each label, also one that is never set", () => {
    const report = multiLabelReport(truth, predicted, ["a", "b", "c", "d"]);
    assert.deepEqual(report.classes.get("a"), { precision: 4 / 6, recall: 1, f1: 0.8, support: 4 });
    assert.deepEqual(report.classes.get("b"), { precision: 0, recall: 0, f1: 0, support: 0 });
    assert.equal(report.macro.precision, 2 / 3);
  });
});
