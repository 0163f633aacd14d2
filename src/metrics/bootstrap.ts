import { internal, type Random } from "../base/index.js";
import type { Interval } from "./spread.js";

/**
 * The interval in which a metric would lie on other samples of as many examples: the metric is computed again on
 * examples drawn with replacement, and the middle `level` of the results is kept (percentile bootstrap).
 *
 *     bootstrapInterval(800, (drawn) => accuracy.compute(pick(truth, drawn), pick(predicted, drawn)), random)
 */
export function bootstrapInterval(
  exampleCount: number,
  statistic: (drawn: Uint32Array) => number,
  random: Random,
  { resamples = 1000, level = 0.95 }: { resamples?: number; level?: number } = {},
): Interval {
  if (exampleCount === 0) throw internal("bootstrap over no examples");
  const drawn = new Uint32Array(exampleCount);
  const results = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let j = 0; j < exampleCount; j++) drawn[j] = random.integer(exampleCount);
    results[i] = statistic(drawn);
  }
  results.sort();
  return { low: quantile(results, (1 - level) / 2), high: quantile(results, (1 + level) / 2) };
}

/** The elements at the drawn places. */
export function pick<T>(items: ArrayLike<T>, drawn: Uint32Array): T[] {
  return Array.from(drawn, (i) => items[i]!);
}

/** A quantile of sorted numbers, between neighbours on a straight line. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}
