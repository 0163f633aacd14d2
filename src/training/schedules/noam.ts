import type { Schedule } from "./schedule.js";

/**
 * The schedule of the Transformer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 5.3): rise to
 * `rate` in `warmupSteps`, then fall with the square root of the step. The paper's rate is
 * `1 / sqrt(hiddenSize * warmupSteps)`.
 */
export function noamSchedule(rate: number, warmupSteps: number): Schedule {
  const warmup = Math.max(1, warmupSteps);
  return (step) => rate * Math.min(Math.sqrt(warmup / (step + 1)), (step + 1) / warmup);
}
