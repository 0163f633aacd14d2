/** The learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

/** How the rate moves once it is warm: `progress` runs from 0 to 1 (and on, should training go on). */
type Decay = (progress: number) => number;

/** Rise linearly from 0 to `rate` in `warmupSteps`, then follow `decay` until `totalSteps`. */
export function warmUp(rate: number, warmupSteps: number, totalSteps: number, decay: Decay): Schedule {
  return (step) => {
    if (step < warmupSteps) return (rate * step) / Math.max(1, warmupSteps);
    return rate * decay((step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  };
}
