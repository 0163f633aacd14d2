import { add, multiply } from "../../engine/index.js";
import { type AdamWOptions, adamW } from "./adamw.js";
import type { Optimizer } from "./optimizer.js";

/** As `AdamWOptions`; the weight decay is added to the gradient, and none is the default. */
export type AdamOptions = AdamWOptions;

/** Adam (Kingma and Ba 2014, https://arxiv.org/abs/1412.6980), weight decay as L2 in the gradient. */
export function adam({ weightDecay = 0, ...options }: AdamOptions = {}): Optimizer {
  const base = adamW(options);
  return {
    ...base,
    name: "adam",
    weightDecay,
    update: (inputs) =>
      base.update({
        ...inputs,
        gradient: add(inputs.gradient, multiply(inputs.parameter, inputs.scalar("decay"))),
      }),
    scalars: (step, rate, decay) => ({ ...base.scalars(step, rate, 0), decay }),
  };
}
