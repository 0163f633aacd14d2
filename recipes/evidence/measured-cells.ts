// How runs that differ in their seed only are told together.
import { spread } from "../../src/metrics/index.js";
import type { ResultPoint } from "../../src/pictures/index.js";

/** `84.2 ± 0.6`, mean and sample standard deviation in percent; with the number of runs where it is not `wanted`. */
export function percentCell(values: readonly number[], wanted: number): string {
  if (values.length === 0) return "";
  const { mean, deviation, count } = spread(values);
  const around = deviation === undefined ? "" : ` ± ${(100 * deviation).toFixed(1)}`;
  return `${(100 * mean).toFixed(1)}${around}${count === wanted ? "" : ` (${count})`}`;
}

/** The mean, and one standard deviation on each side of it. */
export function pointOf(values: readonly number[]): ResultPoint {
  if (values.length === 0) return undefined;
  const { mean, deviation } = spread(values);
  return deviation === undefined ? { mean } : { mean, low: mean - deviation, high: mean + deviation };
}
