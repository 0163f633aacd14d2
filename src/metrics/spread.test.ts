import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../base/index.js";
import {
  accuracy,
  bootstrapInterval,
  differenceInterval,
  greaterIsBetter,
  pick,
  quantile,
  spread,
  studentQuantile,
} from "./index.js";

const close = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

// expected values of this file are SciPy's
const ours = [0.881, 0.885, 0.879, 0.89, 0.883];
const theirs = [0.875, 0.88, 0.87, 0.86, 0.878];

describe("spread over seeds", () => {
  test("quantiles of Student's t", () => {
    close(studentQuantile(0.975, 1), 12.706204736174694);
    close(studentQuantile(0.975, 2), 4.302652729749462);
    close(studentQuantile(0.975, 4), 2.7764451051977934);
    close(studentQuantile(0.975, 30), 2.0422724563012378);
    close(studentQuantile(0.995, 7.5), 3.421422688124044);
    close(studentQuantile(0.9, 1000), 1.2823987214609247);
    close(studentQuantile(0.025, 4), -2.7764451051977934);
  });

  test("mean, sample deviation and 95 % interval", () => {
    const { count, mean, deviation, interval } = spread(ours);
    assert.equal(count, 5);
    close(mean, 0.8836);
    close(deviation!, 0.0042190046219458014);
    close(interval!.low, 0.8783614138526746);
    close(interval!.high, 0.8888385861473255);
  });

  test("one run has no spread", () => {
    assert.deepEqual(spread([0.5]), { count: 1, mean: 0.5, deviation: undefined, interval: undefined });
  });

  test("Welch's interval of a difference", () => {
    const { low, high } = differenceInterval(ours, theirs);
    close(low, 0.0011428332041629376);
    close(high, 0.020857166795837302);
    assert.deepEqual(differenceInterval([1, 1], [0.5, 0.5]), { low: 0.5, high: 0.5 });
  });

  test("the bootstrap repeats with its seed and covers the metric by about its binomial spread", () => {
    const truth = Array.from({ length: 400 }, () => 1);
    const predicted = truth.map((_, i) => (i % 5 === 0 ? 0 : 1)); // accuracy 0.8
    const interval = (seed: number) =>
      bootstrapInterval(
        400,
        (drawn) => accuracy.compute(pick(truth, drawn), pick(predicted, drawn)),
        new Random(seed),
      );
    assert.deepEqual(interval(7), interval(7));
    const reach = 1.96 * Math.sqrt((0.8 * 0.2) / 400);
    close(interval(7).low, 0.8 - reach, 0.008);
    close(interval(7).high, 0.8 + reach, 0.008);
  });

  test("quantiles lie between neighbours", () => {
    assert.equal(quantile([1, 2, 4], 0.5), 2);
    assert.equal(quantile([1, 2, 4], 0.75), 3);
  });
});

describe("the direction of a metric", () => {
  test("is known by the name that is reported", () => {
    assert.equal(greaterIsBetter("accuracy"), true);
    assert.equal(greaterIsBetter("eval_loss"), false);
    assert.equal(greaterIsBetter("mse"), false);
    assert.equal(greaterIsBetter("eval_exact_match"), true);
  });

  test("of an unknown name: the nearest is named", () => {
    assert.throws(
      () => greaterIsBetter("eval_acuracy"),
      (error: { hint?: string }) => error.hint === 'did you mean "accuracy"?',
    );
  });
});
