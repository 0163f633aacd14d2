import { type Schedule, warmUp } from "./schedule.js";

export interface PolynomialOptions {
  /** Default 1: a straight line. */
  readonly power?: number;
  /** Where the rate ends. Default 1e-7. */
  readonly endRate?: number;
}

/** Warm up, then fall to `endRate` along a power of what is left of the run. */
export function polynomialSchedule(
  rate: number,
  warmupSteps: number,
  totalSteps: number,
  { power = 1, endRate = 1e-7 }: PolynomialOptions = {},
): Schedule {
  const share = endRate / rate;
  return warmUp(
    rate,
    warmupSteps,
    totalSteps,
    (progress) => (1 - share) * Math.max(0, 1 - progress) ** power + share,
  );
}
