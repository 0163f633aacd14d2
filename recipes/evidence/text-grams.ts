// A text as its n-grams, weighted: what is reached without any network. Characters serve Japanese, where words are not
// written apart, and hold endings and typing errors of English; words and pairs of them hold what is said.

import type { LabelledRow } from "./labelled-tasks.js";
import type { Features } from "./logistic-regression.js";

const longestCharacters = 4;
const longestWords = 2;
/** An n-gram that one training row alone has tells nothing of others. */
const fewestRows = 2;

/** Turns rows into features: log counts by inverse document frequency, each row of length 1. */
export interface GramFeatures {
  readonly columnCount: number;
  of(row: LabelledRow): Features;
}

/** Learn which n-grams there are, and how many rows have each. */
export function learnGrams(rows: readonly LabelledRow[]): GramFeatures {
  const rowCounts = new Map<string, number>();
  for (const row of rows)
    for (const gram of gramCounts(row).keys()) rowCounts.set(gram, (rowCounts.get(gram) ?? 0) + 1);
  const kept = [...rowCounts].filter(([, count]) => count >= Math.min(fewestRows, rows.length));
  const columns = new Map(
    kept.map(([gram, count], column) => [
      gram,
      { column, weight: Math.log((1 + rows.length) / (1 + count)) + 1 },
    ]),
  );
  return {
    columnCount: columns.size,
    of(row) {
      const found: { readonly column: number; readonly value: number }[] = [];
      for (const [gram, count] of gramCounts(row)) {
        const known = columns.get(gram);
        if (known !== undefined)
          found.push({ column: known.column, value: (1 + Math.log(count)) * known.weight });
      }
      const length = Math.sqrt(found.reduce((sum, { value }) => sum + value ** 2, 0)) || 1;
      return {
        columns: Int32Array.from(found, ({ column }) => column),
        values: Float64Array.from(found, ({ value }) => value / length),
      };
    },
  };
}

/**
 * How often each n-gram stands in a row. Of a pair, those of the second text are marked, and those that both have stand
 * once more: what two texts share tells how they relate.
 */
function gramCounts({ text, pair }: LabelledRow): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (gram: string): void => {
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  };
  const first = gramsOf(text);
  for (const gram of first) count(gram);
  if (pair === undefined) return counts;
  const own = new Set(first);
  for (const gram of gramsOf(pair)) {
    count(`2:${gram}`);
    if (own.has(gram)) count(`both:${gram}`);
  }
  return counts;
}

function gramsOf(text: string): string[] {
  const lower = text.normalize("NFKC").toLowerCase();
  const characters = [...` ${lower.replace(/\s+/g, " ").trim()} `];
  const words = lower.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]/gu) ?? [];
  return [
    ...runsOf(characters, longestCharacters).map((run) => `c:${run.join("")}`),
    ...runsOf(words, longestWords).map((run) => `w:${run.join(" ")}`),
  ];
}

/** All runs of one to `longest` items. */
function runsOf(items: readonly string[], longest: number): string[][] {
  return Array.from({ length: longest }, (_, n) =>
    Array.from({ length: Math.max(0, items.length - n) }, (_, i) => items.slice(i, i + n + 1)),
  ).flat();
}
