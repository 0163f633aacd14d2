import { add, divide, multiply, sqrt, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface AdagradOptions {
  /** Default 1e-10. */
  readonly epsilon?: number;
  /** Added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/** Adagrad (Duchi, Hazan and Singer 2011, https://jmlr.org/papers/v12/duchi11a.html), as PyTorch has it. */
export function adagrad({ epsilon = 1e-10, weightDecay = 0 }: AdagradOptions = {}): Optimizer {
  return {
    name: "adagrad",
    stateNames: ["squareSum"],
    nonNegativeStates: ["squareSum"],
    weightDecay,
    update({ parameter, gradient, state, scalar }) {
      const decayed = add(gradient, multiply(parameter, scalar("decay")));
      const squareSum = add(state["squareSum"]!, multiply(decayed, decayed));
      const change = multiply(divide(decayed, add(sqrt(squareSum), epsilon)), scalar("rate"));
      return { parameter: subtract(parameter, change), state: { squareSum } };
    },
    scalars: (_step, rate, decay) => ({ rate, decay }),
  };
}
