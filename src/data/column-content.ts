import type { ColumnProfile } from "./column-profile.js";

/** A label set larger than this is no label set; topics and intents have up to some hundred. */
const mostLabels = 300;

/** Two texts that form a pair are about equally long. */
const pairRatio = 0.5;

/**
 * The column that looks like the label: no cell is empty, and it has the fewest different values, at least two,
 * each of them several times; else one that holds only numbers and is no counter.
 */
export function guessLabel(columns: readonly ColumnProfile[]): string | undefined {
  const sampled = Math.max(...columns.map((column) => column.filled), 0);
  const full = columns.filter((column) => column.filled === sampled && column.filled > 0);
  const few = full.filter(
    ({ distinctCount }) =>
      distinctCount > 1 && distinctCount <= Math.min(mostLabels, Math.max(2, sampled / 2)),
  );
  if (few.length > 0 && sampled > 2) {
    return few.reduce((best, column) => (column.distinctCount < best.distinctCount ? column : best)).name;
  }
  return full.find((column) => column.allNumbers && column.distinctCount < column.filled)?.name;
}

/** The column with the longest texts, and a second one where it is about as long and as varied: a pair. */
export function guessTexts(columns: readonly ColumnProfile[]): readonly string[] {
  const texts = columns.filter((column) => column.filled > 0 && !column.allNumbers);
  const [longest, next] = [...texts].sort((a, b) => b.meanLength - a.meanLength);
  if (longest === undefined) return [];
  const isPair =
    next?.wordy === true &&
    next.meanLength >= pairRatio * longest.meanLength &&
    next.distinctCount >= pairRatio * longest.distinctCount &&
    next.filled >= pairRatio * longest.filled;
  // in the order of the file: the first text of a pair comes first
  const chosen = isPair ? [longest, next] : [longest];
  return columns.filter((column) => chosen.includes(column)).map((column) => column.name);
}
