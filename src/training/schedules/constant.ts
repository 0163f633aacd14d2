import { type Schedule, warmUp } from "./schedule.js";

/** Warm up, then stay. */
export function constantSchedule(rate: number, warmupSteps: number, totalSteps: number): Schedule {
  return warmUp(rate, warmupSteps, totalSteps, () => 1);
}
