import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CheckedSet, reportData, reportLengths } from "./index.js";

const setOf = (changes: Partial<CheckedSet>): CheckedSet => ({
  path: "a.csv",
  format: "csv",
  skipped: [],
  keys: [],
  lengths: [],
  truncatedCount: 0,
  unknownCount: 0,
  ...changes,
});

describe("the data report", () => {
  test("counts what would be lost in silence", () => {
    const train = setOf({
      keys: ["a", "b", "a", "c", "d", "e", "f"],
      lengths: [10, 20, 30, 40, 50, 60, 600],
      truncatedCount: 1,
      unknownCount: 81,
      labels: [["x"], ["x"], ["x"], ["x"], ["x"], ["y"], ["x", "y"]],
      skipped: [
        { line: 3, reason: "blank line" },
        { line: 9, reason: "blank line" },
      ],
    });
    const validation = setOf({ keys: ["a", "q", "e"], lengths: [1, 2, 3], labels: [["x"], ["z"], ["x"]] });
    const report = reportData(train, validation);
    assert.equal(report.train.rowCount, 7);
    assert.equal(report.train.duplicateCount, 1);
    assert.equal(report.train.unknownRate, 0.1);
    assert.equal(report.train.lengths.truncatedCount, 1);
    assert.deepEqual(report.train.labels, [
      { name: "x", count: 6, share: 6 / 7 },
      { name: "y", count: 2, share: 2 / 7 },
    ]);
    assert.deepEqual(report.train.skipped, [{ reason: "blank line", count: 2, firstLine: 3 }]);
    assert.equal(report.overlapCount, 2);
    assert.deepEqual(report.labelsOnlyInValidation, ["z"]);
    assert.deepEqual(
      report.rareLabels.map((label) => label.name),
      ["y"],
    );
  });

  test("works without validation data and without labels", () => {
    const report = reportData(setOf({ keys: ["a"], lengths: [3] }));
    assert.equal(report.validation, undefined);
    assert.deepEqual(report.train.labels, []);
    assert.equal(report.overlapCount, 0);
  });

  test("lengths: median, 95 % and histogram are counts that occur", () => {
    const lengths = Array.from({ length: 100 }, (_, i) => i + 1);
    const report = reportLengths(lengths, 10);
    assert.deepEqual([report.median, report.most, report.longest, report.mean], [50, 95, 100, 50.5]);
    assert.equal(report.truncatedCount, 10);
    assert.deepEqual(
      report.histogram.map((bin) => [bin.upTo, bin.count]),
      Array.from({ length: 10 }, (_, i) => [10 * (i + 1), 10]),
    );
  });

  test("no rows, or rows without tokens, report zeros", () => {
    assert.deepEqual(reportLengths([], 0).histogram, []);
    assert.equal(reportLengths([], 0).median, 0);
    assert.equal(
      reportLengths([0, 2], 0).histogram.reduce((sum, bin) => sum + bin.count, 0),
      2,
    );
  });
});
