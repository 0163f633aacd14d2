import { add, divide, maximum, multiply, sqrt, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface AdamWOptions {
  /** Default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0.01; biases and norms are left out by their group. */
  readonly weightDecay?: number;
  /** Divide by the largest second moment there has been (Reddi et al. 2018, https://arxiv.org/abs/1904.09237).
   *  Default false. */
  readonly amsgrad?: boolean;
}

/** AdamW (Loshchilov and Hutter 2017, https://arxiv.org/abs/1711.05101), with PyTorch's order of operations. */
export function adamW({
  betas = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0.01,
  amsgrad = false,
}: AdamWOptions = {}): Optimizer {
  const [beta1, beta2] = betas;
  return {
    name: "adamw",
    stateNames: ["firstMoment", "secondMoment", ...(amsgrad ? ["largestMoment"] : [])],
    nonNegativeStates: ["secondMoment", ...(amsgrad ? ["largestMoment"] : [])],
    weightDecay,
    idleFactor: "keep",
    update({ parameter, gradient, state, scalar }) {
      const firstMoment = add(multiply(state["firstMoment"]!, beta1), multiply(gradient, 1 - beta1));
      const squared = multiply(gradient, gradient);
      const secondMoment = add(multiply(state["secondMoment"]!, beta2), multiply(squared, 1 - beta2));
      const before = state["largestMoment"];
      const largestMoment = before === undefined ? secondMoment : maximum(before, secondMoment);
      const denominator = add(multiply(sqrt(largestMoment), scalar("rootCorrection")), epsilon);
      const change = multiply(divide(firstMoment, denominator), scalar("stepSize"));
      return {
        parameter: subtract(multiply(parameter, scalar("keep")), change),
        state: { firstMoment, secondMoment, ...(amsgrad ? { largestMoment } : {}) },
      };
    },
    scalars: (step, rate, decay) => ({
      keep: 1 - rate * decay,
      stepSize: rate / (1 - beta1 ** step),
      rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    }),
  };
}
