import {
  type ClassReport,
  classReport,
  type Entity,
  extractEntities,
  spanReport,
  tagAccuracy,
} from "../metrics/index.js";
import type { TagPrediction } from "./tag-predictions.js";
import type { TaggedExample } from "./tagged-example.js";

export interface TagEvaluation {
  readonly metrics: Readonly<Record<string, number>>;
  readonly report: ClassReport;
  readonly exampleCount: number;
}

/**
 * Precision, recall and F1 of entities as seqeval counts them, and the accuracy of tags. Entities of raw texts are
 * compared by their place in the text, so that one that tags of words cannot say exactly counts as missed. Words that
 * were cut off count with the tag O, where Python's run_ner.py leaves them out. Tags that spell no entities are scored
 * as classes of words.
 */
export function evaluateTags(
  examples: readonly TaggedExample[],
  predictions: readonly TagPrediction[],
  spellsEntities: boolean,
): TagEvaluation {
  const known = examples.flatMap((example, i) => {
    const prediction = predictions[i]!;
    return prediction.truth === undefined ? [] : [{ example, prediction, truth: prediction.truth }];
  });
  const truth = known.map((pair) => pair.truth);
  const predicted = known.map(({ prediction }) => prediction.tags);
  const accuracy = tagAccuracy.compute(truth, predicted);
  if (!spellsEntities) {
    const report = tagReport(truth.flat(), predicted.flat());
    return { metrics: { accuracy, macro_f1: report.macro.f1 }, report, exampleCount: known.length };
  }
  const report = spanReport(
    known.map(({ example, truth: tags }) => trueEntities(example, tags)),
    known.map(({ prediction }) => prediction.entities),
  );
  const { precision, recall, f1 } = report.micro;
  return {
    metrics: { precision, recall, f1, accuracy, macro_f1: report.macro.f1 },
    report,
    exampleCount: known.length,
  };
}

function trueEntities(example: TaggedExample, tags: readonly string[]): readonly Entity[] {
  return example.kind === "text" ? example.entities! : extractEntities(tags);
}

function tagReport(truth: readonly string[], predicted: readonly string[]): ClassReport {
  const names = [...new Set([...truth, ...predicted])].sort();
  const ids = new Map(names.map((name, id) => [name, id]));
  const idsOf = (tags: readonly string[]): number[] => tags.map((tag) => ids.get(tag)!);
  return classReport(idsOf(truth), idsOf(predicted), names);
}
