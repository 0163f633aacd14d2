import { adamW } from "./adamw.js";
import type { Optimizer } from "./optimizer.js";
import { sgd } from "./sgd.js";

export { type AdamWOptions, adamW } from "./adamw.js";
export type { Optimizer } from "./optimizer.js";
export { type SgdOptions, sgd } from "./sgd.js";

/** Optimizers by the name that the `--optimizer` flag has. */
export const optimizers: ReadonlyMap<string, (weightDecay: number) => Optimizer> = new Map([
  ["adamw", (weightDecay: number): Optimizer => adamW({ weightDecay })],
  ["sgd", (weightDecay: number): Optimizer => sgd({ momentum: 0.9, weightDecay })],
]);
