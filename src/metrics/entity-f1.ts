import { DataError } from "../base/index.js";
import { type ClassCounts, type ClassReport, reportOf } from "./class-report.js";
import { type Entity, extractEntities, extractEntitiesStrictly } from "./entities.js";
import type { EntityScheme } from "./entity-schemes.js";
import { checkPaired, type Metric } from "./metric.js";

/** One array of tags a sentence. */
export type TagSequences = readonly (readonly string[])[];

/** The true tags, then the predicted ones; with a scheme, scored strictly. */
export type TagMetric = Metric<[truth: TagSequences, predicted: TagSequences, scheme?: EntityScheme]>;

/**
 * Precision, recall and F1 of entities by type: an entity counts when type, start and end are all right.
 * Without a scheme as CoNLL's script (and seqeval by default) reads tags; with one, seqeval's strict mode.
 */
export function entityReport(
  truth: TagSequences,
  predicted: TagSequences,
  scheme?: EntityScheme,
): ClassReport {
  checkSentences("entity report", truth, predicted);
  const extract = (tags: readonly string[]) =>
    scheme === undefined ? extractEntities(tags) : extractEntitiesStrictly(tags, scheme);
  return spanReport(truth.map(extract), predicted.map(extract));
}

/** The same over spans that are already known, one array an example. */
export function spanReport(
  truth: readonly (readonly Entity[])[],
  predicted: readonly (readonly Entity[])[],
): ClassReport {
  checkPaired("span report", truth, predicted);
  const counts = new Map<string, { right: number; predicted: number; actual: number }>();
  const of = (type: string) => {
    const known = counts.get(type) ?? { right: 0, predicted: 0, actual: 0 };
    counts.set(type, known);
    return known;
  };
  for (let i = 0; i < truth.length; i++) {
    const actual = new Map(truth[i]!.map((entity) => [keyOf(entity), entity]));
    const guessed = new Map(predicted[i]!.map((entity) => [keyOf(entity), entity]));
    for (const entity of actual.values()) of(entity.type).actual++;
    for (const [key, entity] of guessed) {
      of(entity.type).predicted++;
      if (actual.has(key)) of(entity.type).right++;
    }
  }
  const sorted: [string, ClassCounts][] = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return reportOf(new Map(sorted));
}

/** F1 of entities, over all types together. */
export const entityF1: TagMetric = of("f1", (report) => report.micro.f1);

/** Of the entities predicted, the share that is right. */
export const entityPrecision: TagMetric = of("precision", (report) => report.micro.precision);

/** Of the true entities, the share that was found. */
export const entityRecall: TagMetric = of("recall", (report) => report.micro.recall);

/** The mean of the types' F1. */
export const entityMacroF1: TagMetric = of("macro_f1", (report) => report.macro.f1);

/** The share of tags that are right. */
export const tagAccuracy: TagMetric = {
  name: "accuracy",
  greaterIsBetter: true,
  compute(truth, predicted) {
    checkSentences("accuracy", truth, predicted);
    let right = 0;
    let count = 0;
    truth.forEach((tags, i) => {
      count += tags.length;
      tags.forEach((tag, j) => {
        if (predicted[i]![j] === tag) right++;
      });
    });
    return right / count;
  },
};

function of(name: string, pick: (report: ClassReport) => number): TagMetric {
  return {
    name,
    greaterIsBetter: true,
    compute: (truth, predicted, scheme) => pick(entityReport(truth, predicted, scheme)),
  };
}

function keyOf({ type, start, end }: Entity): string {
  return `${start} ${end} ${type}`;
}

function checkSentences(metric: string, truth: TagSequences, predicted: TagSequences): void {
  checkPaired(metric, truth, predicted);
  const wrong = truth.findIndex((tags, i) => tags.length !== predicted[i]!.length);
  if (wrong < 0) return;
  throw new DataError(
    `${metric}, sentence ${wrong + 1}: expected ${truth[wrong]!.length} predicted tags, got ${predicted[wrong]!.length}`,
    { hint: "give every word a tag; words that were cut off count as O" },
  );
}
