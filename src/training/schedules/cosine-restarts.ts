import { type Schedule, warmUp } from "./schedule.js";

/** Warm up, then fall along half a cosine to 0, `cycleCount` times over (Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983). */
export function cosineRestartsSchedule(
  rate: number,
  warmupSteps: number,
  totalSteps: number,
  cycleCount = 1,
): Schedule {
  return warmUp(rate, warmupSteps, totalSteps, (progress) =>
    progress >= 1 ? 0 : 0.5 * (1 + Math.cos(Math.PI * ((cycleCount * progress) % 1))),
  );
}
