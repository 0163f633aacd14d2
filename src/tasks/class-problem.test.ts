import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ClassPrediction, learnClasses } from "./class-problem.js";
import type { TextExample } from "./text-example.js";

const example = (label: string | readonly string[] | undefined): TextExample =>
  ({ text: "a text", ...(label === undefined ? {} : { label }) }) as TextExample;

const predicted = (...labelIds: number[]): ClassPrediction => ({
  labelIds,
  probabilities: Float64Array.of(0.5, 0.5),
});

describe("labels that were never learnt", () => {
  test("one label: the row is wrong, and stands in the report and the confusions", () => {
    const problem = learnClasses([example("bad"), example("good")], "single-label", {});
    const rows = [example("good"), example("odd"), example(undefined), example("bad")];
    const { metrics, classes, confusion, exampleCount } = problem.evaluate(
      rows,
      [1, 1, 1, 0].map((id) => predicted(id)),
    );
    assert.equal(exampleCount, 3); // the row without a label is asked nothing
    assert.equal(metrics["accuracy"], 2 / 3);
    assert.ok(Math.abs(metrics["macro_f1"]! - (1 + 2 / 3 + 0) / 3) < 1e-12); // as scikit-learn's f1_score(average="macro") has it
    assert.equal(metrics["f1"], undefined); // that of one of two classes; here are three
    assert.deepEqual(
      classes.map(({ label, support }) => [label, support]),
      [
        ["bad", 1],
        ["good", 1],
        ["odd", 1],
      ],
    );
    assert.deepEqual(confusion, {
      labels: ["bad", "good", "odd"],
      counts: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
    });
    assert.deepEqual(problem.notes!(rows, []), [
      { count: 1, what: "rows with labels that were never learnt (odd) count as wrong" },
    ]);
  });

  test("several labels: what is missing of a row is missed", () => {
    const problem = learnClasses([example(["a"]), example(["b"])], "multi-label", {});
    const { metrics } = problem.evaluate(
      [example(["a", "odd"]), example(["b"])],
      [predicted(0), predicted(1)],
    );
    assert.equal(metrics["subset_accuracy"], 0.5);
    assert.ok(Math.abs(metrics["micro_f1"]! - 4 / 5) < 1e-12);
  });
});
