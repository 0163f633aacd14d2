import type { Schedule } from "./schedule.js";

/** The rate begins at this share of the highest, and ends at the other. */
const startShare = 1 / 25;
const endShare = startShare / 1e4;

/** Rise and fall along half a cosine each (Smith and Topin 2017, https://arxiv.org/abs/1708.07120), as PyTorch has it. */
export function oneCycleSchedule(rate: number, warmupSteps: number, totalSteps: number): Schedule {
  const peak = Math.max(0, warmupSteps - 1);
  const last = Math.max(peak + 1, totalSteps - 1);
  const between = (from: number, to: number, progress: number): number =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, progress)));
  return (step) =>
    rate *
    (step < peak ? between(startShare, 1, step / peak) : between(1, endShare, (step - peak) / (last - peak)));
}
