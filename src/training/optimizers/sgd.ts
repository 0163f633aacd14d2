import { add, multiply, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface SgdOptions {
  /** Default 0: plain gradient descent. */
  readonly momentum?: number;
  /** The share of each gradient, but for the first, that does not enter the momentum. Default 0. */
  readonly dampening?: number;
  /** Added to the gradient (not decoupled), as in PyTorch. Default 0. */
  readonly weightDecay?: number;
  /** Look ahead along the momentum (Sutskever et al. 2013). Default false. */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent, with momentum as PyTorch has it: `v = momentum * v + g; p = p - rate * v`. */
export function sgd({
  momentum = 0,
  dampening = 0,
  weightDecay = 0,
  nesterov = false,
}: SgdOptions = {}): Optimizer {
  return {
    name: "sgd",
    stateNames: momentum === 0 ? [] : ["velocity"],
    nonNegativeStates: [],
    weightDecay,
    update({ parameter, gradient, state, scalar }) {
      const decayed = add(gradient, multiply(parameter, scalar("decay")));
      if (momentum === 0)
        return { parameter: subtract(parameter, multiply(decayed, scalar("rate"))), state: {} };
      const taken = dampening === 0 ? decayed : multiply(decayed, scalar("taken"));
      const velocity = add(multiply(state["velocity"]!, momentum), taken);
      const direction = nesterov ? add(decayed, multiply(velocity, momentum)) : velocity;
      return { parameter: subtract(parameter, multiply(direction, scalar("rate"))), state: { velocity } };
    },
    scalars: (step, rate, decay) => ({
      ...{ rate, decay },
      ...(dampening === 0 ? {} : { taken: step === 1 ? 1 : 1 - dampening }),
    }),
  };
}
