import { internal } from "../base/index.js";
import { studentQuantile } from "./student-t.js";

/** A range that holds the true value with the stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What several runs of one experiment say together. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** The sample standard deviation (divided by count - 1); undefined for one run. */
  readonly deviation: number | undefined;
  /** The 95 % interval of the mean, by Student's t; undefined for one run. */
  readonly interval: Interval | undefined;
}

/** Mean, standard deviation and 95 % interval of a metric over seeds. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw internal("spread of no values");
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, deviation: undefined, interval: undefined };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const reach = (studentQuantile(0.975, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean, deviation, interval: { low: mean - reach, high: mean + reach } };
}

/** The 95 % interval of mean(a) - mean(b) for runs that are independent and may differ in spread (Welch's t). */
export function differenceInterval(a: readonly number[], b: readonly number[]): Interval {
  const first = spread(a);
  const second = spread(b);
  if (first.deviation === undefined || second.deviation === undefined)
    throw internal("difference needs two runs a side");
  const varianceA = first.deviation ** 2 / first.count;
  const varianceB = second.deviation ** 2 / second.count;
  const variance = varianceA + varianceB;
  const difference = first.mean - second.mean;
  if (variance === 0) return { low: difference, high: difference };
  const degreesOfFreedom =
    variance ** 2 / (varianceA ** 2 / (first.count - 1) + varianceB ** 2 / (second.count - 1));
  const reach = studentQuantile(0.975, degreesOfFreedom) * Math.sqrt(variance);
  return { low: difference - reach, high: difference + reach };
}
