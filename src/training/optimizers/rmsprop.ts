import { add, divide, multiply, sqrt, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface RmspropOptions {
  /** How much of the mean square stays from step to step. Default 0.99. */
  readonly smoothing?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/** RMSprop (Hinton 2012, https://www.cs.toronto.edu/~hinton/coursera/lecture6/lec6.pdf), as PyTorch has it. */
export function rmsprop({
  smoothing = 0.99,
  epsilon = 1e-8,
  momentum = 0,
  weightDecay = 0,
}: RmspropOptions = {}): Optimizer {
  return {
    name: "rmsprop",
    stateNames: momentum === 0 ? ["meanSquare"] : ["meanSquare", "velocity"],
    nonNegativeStates: ["meanSquare"],
    weightDecay,
    update({ parameter, gradient, state, scalar }) {
      const decayed = add(gradient, multiply(parameter, scalar("decay")));
      const squared = multiply(decayed, decayed);
      const meanSquare = add(multiply(state["meanSquare"]!, smoothing), multiply(squared, 1 - smoothing));
      const direction = divide(decayed, add(sqrt(meanSquare), epsilon));
      if (momentum === 0)
        return {
          parameter: subtract(parameter, multiply(direction, scalar("rate"))),
          state: { meanSquare },
        };
      const velocity = add(multiply(state["velocity"]!, momentum), direction);
      return {
        parameter: subtract(parameter, multiply(velocity, scalar("rate"))),
        state: { meanSquare, velocity },
      };
    },
    scalars: (_step, rate, decay) => ({ rate, decay }),
  };
}
