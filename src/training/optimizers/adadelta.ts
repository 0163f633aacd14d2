import { add, divide, multiply, sqrt, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface AdadeltaOptions {
  /** How much of the mean squares stays from step to step. Default 0.9. */
  readonly smoothing?: number;
  /** Default 1e-6. */
  readonly epsilon?: number;
  /** Added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/** Adadelta (Zeiler 2012, https://arxiv.org/abs/1212.5701), as PyTorch has it; made for a learning rate of 1. */
export function adadelta({
  smoothing = 0.9,
  epsilon = 1e-6,
  weightDecay = 0,
}: AdadeltaOptions = {}): Optimizer {
  return {
    name: "adadelta",
    stateNames: ["meanSquare", "meanSquareChange"],
    nonNegativeStates: ["meanSquare", "meanSquareChange"],
    weightDecay,
    update({ parameter, gradient, state, scalar }) {
      const decayed = add(gradient, multiply(parameter, scalar("decay")));
      const squared = multiply(decayed, decayed);
      const meanSquare = add(multiply(state["meanSquare"]!, smoothing), multiply(squared, 1 - smoothing));
      const before = state["meanSquareChange"]!;
      const scale = divide(sqrt(add(before, epsilon)), sqrt(add(meanSquare, epsilon)));
      const change = multiply(scale, decayed);
      const meanSquareChange = add(
        multiply(before, smoothing),
        multiply(multiply(change, change), 1 - smoothing),
      );
      return {
        parameter: subtract(parameter, multiply(change, scalar("rate"))),
        state: { meanSquare, meanSquareChange },
      };
    },
    scalars: (_step, rate, decay) => ({ rate, decay }),
  };
}
