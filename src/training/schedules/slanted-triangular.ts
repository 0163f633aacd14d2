import type { Schedule } from "./schedule.js";

/**
 * Rise from a part of `rate` in `warmupSteps`, then fall back in a straight line (Howard and Ruder 2018,
 * https://arxiv.org/abs/1801.06146, section 3.2). The lowest rate is `rate / ratio`.
 */
export function slantedTriangularSchedule(
  rate: number,
  warmupSteps: number,
  totalSteps: number,
  ratio = 32,
): Schedule {
  const fallSteps = Math.max(1, totalSteps - warmupSteps);
  return (step) => {
    const height =
      step < warmupSteps ? step / warmupSteps : Math.max(0, 1 - (step - warmupSteps) / fallSteps);
    return (rate * (1 + height * (ratio - 1))) / ratio;
  };
}
