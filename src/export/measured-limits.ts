import { markdownCode, markdownText } from "./markdown.js";
import type { ModelCardFacts } from "./model-card-facts.js";
import { countText, measureText, percentText } from "./number-text.js";

const lowF1 = 0.7;
const fewRows = 20;
const longestList = 10;

/** What the run has measured of the model's limits, one Markdown sentence each, the weightiest first. */
export function measuredLimits(facts: ModelCardFacts): string[] {
  return [
    ...weakLabels(facts),
    ...rareLabels(facts),
    ...confusions(facts),
    ...lostInput(facts),
    ...leaks(facts),
  ];
}

function weakLabels(facts: ModelCardFacts): string[] {
  const weak = (facts.byLabel ?? [])
    .filter(({ f1, support }) => f1 < lowF1 && support > 0)
    .sort((a, b) => a.f1 - b.f1)
    .map(
      ({ label, f1, support }) => `${markdownText(label)} ${measureText(f1)} (support ${countText(support)})`,
    );
  return weak.length === 0 ? [] : [`Labels with an F1 below ${lowF1} on the evaluation data: ${list(weak)}.`];
}

function rareLabels(facts: ModelCardFacts): string[] {
  const rare = Object.entries(facts.train?.labelCounts ?? {})
    .filter(([, count]) => count < fewRows)
    .sort(([, a], [, b]) => a - b)
    .map(([label, count]) => `${markdownText(label)} (${countText(count)})`);
  return rare.length === 0 ? [] : [`Labels seen fewer than ${fewRows} times in training: ${list(rare)}.`];
}

function confusions(facts: ModelCardFacts): string[] {
  const most = [...(facts.confusions ?? [])]
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 5)
    .map(
      ({ truth, predicted, count }) =>
        `${markdownText(truth)} for ${markdownText(predicted)} (${countText(count)})`,
    );
  return most.length === 0 ? [] : [`Most often it mistook ${most.join(", ")}.`];
}

function lostInput(facts: ModelCardFacts): string[] {
  const said: string[] = [];
  for (const dataset of [facts.train, facts.evaluation]) {
    const { truncatedCount = 0, maxLength = 0, unknownRate = 0 } = dataset?.lengths ?? {};
    const file = markdownCode(dataset?.file ?? "");
    if (truncatedCount > 0) {
      said.push(
        `Cut at ${countText(maxLength)} tokens, the rest unread: ${rows(truncatedCount)} of ${file}.`,
      );
    }
    if (unknownRate > 0)
      said.push(`Unknown to the vocabulary: ${percentText(unknownRate)} of the tokens of ${file}.`);
    const skipped = dataset?.skippedRowCount ?? 0;
    if (skipped > 0) said.push(`Skipped because they could not be used: ${rows(skipped)} of ${file}.`);
  }
  return said;
}

function leaks(facts: ModelCardFacts): string[] {
  const said: string[] = [];
  const overlap = facts.overlapCount ?? 0;
  if (overlap > 0)
    said.push(`Also seen in training, which flatters the results: ${rows(overlap)} of the evaluation data.`);
  const known = facts.knownDocumentCount ?? 0;
  if (known > 0)
    said.push(
      `Also seen in training, which flatters the results: ${countText(known)} of the held-out documents.`,
    );
  const unseen = facts.labelsOnlyInEvaluation ?? [];
  if (unseen.length > 0) {
    said.push(
      `Labels of the evaluation data that never occur in training: ${list(unseen.map(markdownText))}.`,
    );
  }
  return said;
}

function rows(count: number): string {
  return `${countText(count)} ${count === 1 ? "row" : "rows"}`;
}

function list(items: readonly string[]): string {
  const shown = items.slice(0, longestList).join(", ");
  return items.length > longestList ? `${shown} and ${items.length - longestList} more` : shown;
}
