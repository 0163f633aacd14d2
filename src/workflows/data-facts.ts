import type { DataReport, SetReport } from "../data/report.js";
import type { DatasetFacts } from "../export/index.js";
import type { TaskItem } from "../tasks/task.js";
import { lengthOf } from "./row-layout.js";
import type { RunData } from "./run-record.js";

/** What a run's record says of its files of rows. */
export function dataFacts(report: DataReport, trainItems: readonly TaskItem[]): RunData {
  const maxLength = lengthOf(trainItems);
  const { train, validation, overlapCount, labelsOnlyInValidation } = report;
  return {
    report,
    train: datasetFacts(train, maxLength),
    evaluation: validation === undefined ? undefined : datasetFacts(validation, maxLength),
    overlapCount,
    labelsOnlyInEvaluation: labelsOnlyInValidation,
  };
}

function datasetFacts(report: SetReport, maxLength: number): DatasetFacts {
  return {
    file: report.path,
    rowCount: report.rowCount,
    labelCounts:
      report.labels.length === 0
        ? undefined
        : Object.fromEntries(report.labels.map(({ name, count }) => [name, count])),
    skippedRowCount: report.skipped.reduce((sum, { count }) => sum + count, 0),
    lengths: {
      median: report.lengths.median,
      percentile95: report.lengths.most,
      longest: report.lengths.longest,
      maxLength,
      truncatedCount: report.lengths.truncatedCount,
      unknownRate: report.unknownRate,
    },
  };
}
