import type { SetReport } from "../data/report.js";
import type { DataFacts } from "../workflows/events.js";
import { countText, percentText, type SectionLine, visibleText } from "./terminal/index.js";

const shownLabels = 3;

/**
 * The lines under `data`: each file with its rows, columns and labels, then the lengths.
 *
 *     areas.jsonl            3,000 rows   text=「text」 label=「label」 (9 labels: API 34 %, CSS 17 %, ...)
 *     areas-dev.jsonl          800 rows   4 rows also occur in training
 *     length (tokens)        median 58 · 95 % 141 · longest 533 · 2 over the limit of 512 · unknown 0.2 %
 */
export function dataLines(facts: DataFacts): SectionLine[] {
  const { train, validation, overlapCount } = facts.report;
  const columns = facts.columns.map(({ role, column }) => `${role}=「${visibleText(column)}」`).join(" ");
  const overlap =
    overlapCount === 0
      ? []
      : [`${rowCount(overlapCount)} also ${overlapCount === 1 ? "occurs" : "occur"} in training`];
  return [
    [
      pathText(train),
      rowCount(train.rowCount),
      [columns, labelText(train), ...duplicates(train)].join(" ").trim(),
    ],
    ...(validation === undefined
      ? []
      : [
          [
            pathText(validation),
            rowCount(validation.rowCount),
            [...overlap, ...duplicates(validation)].join(" · "),
          ],
        ]),
    ["length (tokens)", lengthText(train, facts.maxLength)],
  ];
}

/** The same of one set that a model is tried on. */
export function setLines(set: SetReport): SectionLine[] {
  return [
    [pathText(set), rowCount(set.rowCount), [labelText(set), ...duplicates(set)].join(" ").trim()],
    ["length (tokens)", lengthText(set)],
  ];
}

/** What of the data a person should look at before the model learns from it. */
export function dataWarnings({ report, maxLength }: DataFacts): string[] {
  const { train, validation, labelsOnlyInValidation, rareLabels } = report;
  const sets = validation === undefined ? [train] : [train, validation];
  const tooLong = validation?.lengths.truncatedCount ?? 0;
  return [
    ...sets.flatMap(setWarnings),
    ...(tooLong === 0
      ? []
      : [`${pathText(validation!)}: ${rowCount(tooLong)} over the limit of ${maxLength} tokens`]),
    ...(labelsOnlyInValidation.length === 0
      ? []
      : [
          `labels that only the validation rows have, and so are never learnt: ${names(labelsOnlyInValidation)}; their rows count as wrong`,
        ]),
    ...(rareLabels.length === 0
      ? []
      : [
          `labels of very few training rows: ${names(rareLabels.map(({ name, count }) => `${name} (${count})`))}`,
        ]),
  ];
}

/** Rows of a set that could not be used, by reason. */
export function setWarnings(set: SetReport): string[] {
  return set.skipped.map(
    ({ reason, count, firstLine }) =>
      `${pathText(set)}: ${rowCount(count)} skipped: ${visibleText(reason)} (first on line ${countText(firstLine)})`,
  );
}

function pathText(set: SetReport): string {
  return visibleText(set.path);
}

function rowCount(count: number): string {
  return `${countText(count)} ${count === 1 ? "row" : "rows"}`;
}

function labelText({ labels }: SetReport): string {
  if (labels.length === 0) return "";
  const shown = labels
    .slice(0, shownLabels)
    .map(({ name, share }) => `${visibleText(name)} ${percentText(share)}`);
  const more = labels.length > shownLabels ? ", ..." : "";
  return `(${countText(labels.length)} ${labels.length === 1 ? "label" : "labels"}: ${shown.join(", ")}${more})`;
}

function duplicates({ duplicateCount }: SetReport): string[] {
  return duplicateCount === 0 ? [] : [`${countText(duplicateCount)} repeated`];
}

function lengthText({ lengths, unknownRate }: SetReport, maxLength?: number): string {
  const { median, most, longest, truncatedCount } = lengths;
  return [
    `median ${countText(median)}`,
    `95 % ${countText(most)}`,
    `longest ${countText(longest)}`,
    `${truncatedCount === 0 ? "none" : countText(truncatedCount)} over the limit${maxLength === undefined ? "" : ` of ${maxLength}`}`,
    ...(unknownRate === 0 ? [] : [`unknown ${percentText(unknownRate)}`]),
  ].join(" · ");
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, 10).map(visibleText).join(", ");
  return all.length > 10 ? `${shown} and ${all.length - 10} more` : shown;
}
