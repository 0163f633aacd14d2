import { absolute, add, divide, maximum, multiply, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface AdamaxOptions {
  /** Default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/** Adamax, Adam by the largest gradient (Kingma and Ba 2014, https://arxiv.org/abs/1412.6980), as PyTorch has it. */
export function adamax({
  betas = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
}: AdamaxOptions = {}): Optimizer {
  const [beta1, beta2] = betas;
  return {
    name: "adamax",
    stateNames: ["firstMoment", "largest"],
    nonNegativeStates: ["largest"],
    weightDecay,
    update({ parameter, gradient, state, scalar }) {
      const decayed = add(gradient, multiply(parameter, scalar("decay")));
      const firstMoment = add(multiply(state["firstMoment"]!, beta1), multiply(decayed, 1 - beta1));
      const largest = maximum(multiply(state["largest"]!, beta2), add(absolute(decayed), epsilon));
      const change = multiply(divide(firstMoment, largest), scalar("stepSize"));
      return { parameter: subtract(parameter, change), state: { firstMoment, largest } };
    },
    scalars: (step, rate, decay) => ({ stepSize: rate / (1 - beta1 ** step), decay }),
  };
}
