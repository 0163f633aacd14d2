import type { Schedule } from "./schedule.js";

/** Warm up, then fall with the square root of the step; without warm-up as if after 10,000 steps. */
export function inverseSquareRootSchedule(rate: number, warmupSteps: number): Schedule {
  const scale = warmupSteps || 10_000;
  return (step) => {
    if (step < warmupSteps) return (rate * step) / warmupSteps;
    return rate * Math.sqrt(scale / (step + scale - warmupSteps));
  };
}
