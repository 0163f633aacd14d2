import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../test/shared.js";
import { kendall, meanAbsoluteError, meanSquaredError, pearson, rSquared, spearman } from "./index.js";
import { ranks } from "./ranks.js";

describe("metrics of numbers", () => {
  test("equal SciPy's and scikit-learn's", needs("golden/metrics/glue.json"), () => {
    const { correlation } = sharedJson("golden/metrics/glue.json");
    assert.equal(correlation.length, 10);
    const byKey = {
      pearson,
      spearman,
      kendall_tau_b: kendall,
      mse: meanSquaredError,
      mae: meanAbsoluteError,
      r2: rSquared,
    };
    for (const [i, golden] of correlation.entries()) {
      for (const [key, metric] of Object.entries(byKey)) {
        const got = metric.compute(golden.x, golden.y);
        assert.ok(Math.abs(got - golden[key]) <= 1e-12, `case ${i}, ${key}: ${got} is not ${golden[key]}`);
      }
    }
  });

  test("equal numbers share a rank", () => {
    assert.deepEqual([...ranks([3, 1, 3])], [2.5, 1, 2.5]);
  });

  test("a constant has no correlation", () => {
    for (const metric of [pearson, spearman, kendall])
      assert.ok(Number.isNaN(metric.compute([1, 2], [3, 3])));
    assert.equal(rSquared.compute([2, 2], [2, 2]), 1);
    assert.equal(rSquared.compute([2, 2], [1, 3]), 0);
  });
});
