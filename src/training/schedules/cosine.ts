import { type Schedule, warmUp } from "./schedule.js";

/** Warm up, then fall along half a cosine to 0. */
export function cosineSchedule(rate: number, warmupSteps: number, totalSteps: number): Schedule {
  return warmUp(rate, warmupSteps, totalSteps, (progress) =>
    Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress))),
  );
}
