import type { RowFormat, SkippedLine } from "../formats/row.js";
import { findDuplicates, findOverlap } from "./overlap.js";

/** What is known of a data set before training, one entry a row in the arrays. */
export interface CheckedSet {
  readonly path: string;
  readonly format: RowFormat;
  readonly skipped: readonly SkippedLine[];
  /** What makes rows equal: see `rowKey`. */
  readonly keys: readonly string[];
  /** Token counts before truncation. */
  readonly lengths: ArrayLike<number>;
  /** Rows of which a part is not read, because the model takes no longer input. */
  readonly truncatedCount: number;
  /** Tokens of all rows that the vocabulary does not have. */
  readonly unknownCount: number;
  /** The labels of each row: one, several or none. Absent where the task has no classes. */
  readonly labels?: readonly (readonly string[])[];
}

/** A label, how many rows have it, and their share of all rows. */
export interface LabelShare {
  readonly name: string;
  readonly count: number;
  readonly share: number;
}

/** Token counts of a set's rows. */
export interface LengthReport {
  readonly median: number;
  /** 95 of 100 rows are no longer than this. */
  readonly most: number;
  readonly longest: number;
  readonly mean: number;
  /** Rows by length; a bin holds lengths above the last bin's `upTo`, its own included. */
  readonly histogram: readonly { readonly upTo: number; readonly count: number }[];
  /** Rows of which a part is not read. */
  readonly truncatedCount: number;
}

/** What there is to know of one data set. */
export interface SetReport {
  readonly path: string;
  readonly format: RowFormat;
  readonly rowCount: number;
  /** Lines that hold no row, by reason. */
  readonly skipped: readonly {
    readonly reason: string;
    readonly count: number;
    readonly firstLine: number;
  }[];
  /** The most frequent first. */
  readonly labels: readonly LabelShare[];
  readonly lengths: LengthReport;
  /** Tokens unknown to the vocabulary, as a share of all. */
  readonly unknownRate: number;
  /** Rows that repeat an earlier one. */
  readonly duplicateCount: number;
}

/** What training should know of its data before it begins. */
export interface DataReport {
  readonly train: SetReport;
  readonly validation: SetReport | undefined;
  /** Validation rows that also occur in training. */
  readonly overlapCount: number;
  /** Labels that training never shows and validation asks for. */
  readonly labelsOnlyInValidation: readonly string[];
  /** Labels that few training rows have. */
  readonly rareLabels: readonly LabelShare[];
}

/** A label with fewer training rows than this is hardly learned. */
const rareBelow = 5;

const binCount = 10;

/** Check training data, and validation data against it. */
export function reportData(train: CheckedSet, validation?: CheckedSet): DataReport {
  const trainReport = reportSet(train);
  const validationReport = validation && reportSet(validation);
  const known = new Set(trainReport.labels.map((label) => label.name));
  return {
    train: trainReport,
    validation: validationReport,
    overlapCount: validation === undefined ? 0 : findOverlap(train.keys, validation.keys).length,
    labelsOnlyInValidation: (validationReport?.labels ?? [])
      .map((label) => label.name)
      .filter((name) => !known.has(name)),
    rareLabels: trainReport.labels.filter((label) => label.count < rareBelow),
  };
}

/** Check one data set by itself. */
export function reportSet(set: CheckedSet): SetReport {
  const tokenCount = Array.from(set.lengths).reduce((sum, length) => sum + length, 0);
  return {
    path: set.path,
    format: set.format,
    rowCount: set.keys.length,
    skipped: countSkipped(set.skipped),
    labels: set.labels === undefined ? [] : countLabels(set.labels),
    lengths: reportLengths(set.lengths, set.truncatedCount),
    unknownRate: tokenCount === 0 ? 0 : set.unknownCount / tokenCount,
    duplicateCount: findDuplicates(set.keys).length,
  };
}

/** Median, 95 % point, longest and histogram of token counts. */
export function reportLengths(lengths: ArrayLike<number>, truncatedCount: number): LengthReport {
  const sorted = Float64Array.from(lengths).sort();
  // the nearest rank, so that what is reported is a length that occurs
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
  const longest = sorted.at(-1) ?? 0;
  const width = Math.max(1, Math.ceil(longest / binCount));
  const histogram = Array.from({ length: Math.ceil(longest / width) }, (_, i) => ({
    upTo: (i + 1) * width,
    count: 0,
  }));
  for (const length of sorted) {
    const bin = histogram[Math.max(0, Math.ceil(length / width) - 1)];
    if (bin) bin.count++;
  }
  return {
    median: at(0.5),
    most: at(0.95),
    longest,
    mean: sorted.length === 0 ? 0 : sorted.reduce((sum, length) => sum + length, 0) / sorted.length,
    histogram,
    truncatedCount,
  };
}

function countLabels(labels: readonly (readonly string[])[]): LabelShare[] {
  const counts = new Map<string, number>();
  for (const row of labels) for (const name of new Set(row)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count, share: count / labels.length }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function countSkipped(skipped: readonly SkippedLine[]): SetReport["skipped"] {
  const reasons = new Map<string, { reason: string; count: number; firstLine: number }>();
  for (const { reason, line } of skipped) {
    const known = reasons.get(reason);
    if (known) known.count++;
    else reasons.set(reason, { reason, count: 1, firstLine: line });
  }
  return [...reasons.values()];
}
