import { type Schedule, warmUp } from "./schedule.js";

/** Warm up, then fall in a straight line to 0. */
export function linearSchedule(rate: number, warmupSteps: number, totalSteps: number): Schedule {
  return warmUp(rate, warmupSteps, totalSteps, (progress) => Math.max(0, 1 - progress));
}
