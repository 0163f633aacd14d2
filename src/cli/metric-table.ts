import { metricTitle } from "../export/metric-names.js";
import type { SeedSummary } from "../workflows/fine-tune-result.js";
import { measureText, type Table } from "./terminal/index.js";

/** Metrics, one a line. */
export function metricTable(metrics: Readonly<Record<string, number>>): Table {
  return {
    head: ["metric", "value"],
    rows: Object.entries(metrics).map(([name, value]) => [metricTitle(name), measureText(value)]),
  };
}

/** Metrics over several seeds: mean, standard deviation and the 95 % interval of the mean. */
export function spreadTable({ seeds, metrics }: Pick<SeedSummary, "seeds" | "metrics">): Table {
  return {
    head: [`over ${seeds.length} seeds`, "mean", "95 % of the mean"],
    rows: Object.entries(metrics).map(([name, { mean, deviation, interval }]) => [
      metricTitle(name),
      measureText(mean) + (deviation === undefined ? "" : ` ± ${measureText(deviation)}`),
      interval === undefined ? "" : `${measureText(interval.low)} to ${measureText(interval.high)}`,
    ]),
  };
}

/** One line a class: how well it is found. */
export function classTable(
  classes: readonly { label: string; precision: number; recall: number; f1: number; support: number }[],
): Table {
  return {
    head: ["label", "precision", "recall", "F1", "rows"],
    rows: classes.map(({ label, precision, recall, f1, support }) => [
      label,
      measureText(precision),
      measureText(recall),
      measureText(f1),
      String(support),
    ]),
  };
}
