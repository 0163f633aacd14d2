import { constantSchedule } from "./constant.js";
import { cosineSchedule } from "./cosine.js";
import { cosineRestartsSchedule } from "./cosine-restarts.js";
import { inverseSquareRootSchedule } from "./inverse-square-root.js";
import { linearSchedule } from "./linear.js";
import type { ScheduleName } from "./names.js";
import { noamSchedule } from "./noam.js";
import { oneCycleSchedule } from "./one-cycle.js";
import { polynomialSchedule } from "./polynomial.js";
import type { Schedule } from "./schedule.js";
import { slantedTriangularSchedule } from "./slanted-triangular.js";

export { constantSchedule } from "./constant.js";
export { cosineSchedule } from "./cosine.js";
export { cosineRestartsSchedule } from "./cosine-restarts.js";
export { inverseSquareRootSchedule } from "./inverse-square-root.js";
export { linearSchedule } from "./linear.js";
export { type ScheduleName, scheduleNames } from "./names.js";
export { noamSchedule } from "./noam.js";
export { oneCycleSchedule } from "./one-cycle.js";
export { type PolynomialOptions, polynomialSchedule } from "./polynomial.js";
export type { Schedule } from "./schedule.js";
export { slantedTriangularSchedule } from "./slanted-triangular.js";

/** A schedule from the highest rate and the lengths of warm-up and run. */
export type MakeSchedule = (rate: number, warmupSteps: number, totalSteps: number) => Schedule;

/** Schedules by the name that the `--schedule` flag has. */
export const schedules: Readonly<Record<ScheduleName, MakeSchedule>> = {
  linear: linearSchedule,
  cosine: cosineSchedule,
  constant: constantSchedule,
  "cosine-with-restarts": cosineRestartsSchedule,
  polynomial: polynomialSchedule,
  "inverse-sqrt": inverseSquareRootSchedule,
  noam: noamSchedule,
  "slanted-triangular": slantedTriangularSchedule,
  "one-cycle": oneCycleSchedule,
};
