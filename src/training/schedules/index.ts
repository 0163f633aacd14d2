import { constantSchedule } from "./constant.js";
import { cosineSchedule } from "./cosine.js";
import { linearSchedule } from "./linear.js";
import type { Schedule } from "./schedule.js";

export { constantSchedule } from "./constant.js";
export { cosineSchedule } from "./cosine.js";
export { linearSchedule } from "./linear.js";
export type { Schedule } from "./schedule.js";

/** Schedules by the name that the `--schedule` flag has. */
export const schedules: ReadonlyMap<
  string,
  (rate: number, warmupSteps: number, totalSteps: number) => Schedule
> = new Map([
  ["linear", linearSchedule],
  ["cosine", cosineSchedule],
  ["constant", constantSchedule],
]);
