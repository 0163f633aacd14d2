import { DataError, OptionError, type Random } from "../base/index.js";

/** Two parts of some rows, each in the rows' order. */
export interface Split<T> {
  readonly train: T[];
  readonly validation: T[];
}

/**
 * Set a share of the rows aside for validation. With `labelOf` each label keeps its share as nearly as whole rows
 * allow, and none loses its only row to validation. The same rows and random state give the same split.
 */
export function splitRows<T>(
  rows: readonly T[],
  fraction: number,
  random: Random,
  labelOf: (row: T) => string = () => "",
): Split<T> {
  checkSplit(rows.length, fraction);
  const groups = new Map<string, number[]>();
  rows.forEach((row, i) => {
    const label = labelOf(row);
    const group = groups.get(label);
    if (group) group.push(i);
    else groups.set(label, [i]);
  });
  const wanted = Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * fraction)));
  const taken = new Set<number>();
  const counts = sharesOf(
    [...groups.values()].map((group) => group.length),
    fraction,
    wanted,
  );
  [...groups.values()].forEach((group, g) => {
    for (const i of random.shuffle([...group]).slice(0, counts[g])) taken.add(i);
  });
  return {
    train: rows.filter((_, i) => !taken.has(i)),
    validation: rows.filter((_, i) => taken.has(i)),
  };
}

/** Set the last rows aside, a share of all: for rows that follow one another in a longer text. */
export function splitTail<T>(rows: readonly T[], fraction: number): Split<T> {
  checkSplit(rows.length, fraction);
  const count = Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * fraction)));
  return { train: rows.slice(0, -count), validation: rows.slice(-count) };
}

function checkSplit(rowCount: number, fraction: number): void {
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError(`validation split: expected a share between 0 and 1, got ${fraction}`, {
      hint: "0.1 sets one row in ten aside",
    });
  }
  if (rowCount < 2) {
    throw new DataError(`validation split: expected at least 2 rows, got ${rowCount}`, {
      hint: "give more rows, or a validation file",
    });
  }
}

/** How many of each group to take: rounded down, and then one more from the groups that lost most by it. */
function sharesOf(sizes: readonly number[], fraction: number, wanted: number): number[] {
  const counts = sizes.map((size) => Math.min(size - 1, Math.floor(size * fraction)));
  const byLoss = sizes
    .map((size, g) => ({ g, loss: size * fraction - counts[g]! }))
    .sort((a, b) => b.loss - a.loss || a.g - b.g);
  let left = wanted - counts.reduce((sum, count) => sum + count, 0);
  for (const { g } of byLoss) {
    if (left <= 0) break;
    if (counts[g]! >= sizes[g]! - 1) continue;
    counts[g]!++;
    left--;
  }
  return counts;
}
