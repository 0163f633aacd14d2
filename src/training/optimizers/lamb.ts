import {
  add,
  divide,
  scalar as fixed,
  greater,
  multiply,
  reshape,
  sqrt,
  subtract,
  sum,
  type Value,
  where,
} from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface LambOptions {
  /** Default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Default 1e-6. */
  readonly epsilon?: number;
  /** Default 0.01. */
  readonly weightDecay?: number;
  /** The norm of a parameter counts up to this. Default 10. */
  readonly largestNorm?: number;
  /** Correct the moments of the first steps, as Adam does. Default false. */
  readonly biasCorrection?: boolean;
}

/**
 * LAMB (You et al. 2019, https://arxiv.org/abs/1904.00962, version 3): Adam's step of each parameter, made as long as
 * the parameter's own norm, for large batches. As in torch_optimizer.
 */
export function lamb({
  betas = [0.9, 0.999],
  epsilon = 1e-6,
  weightDecay = 0.01,
  largestNorm = 10,
  biasCorrection = false,
}: LambOptions = {}): Optimizer {
  const [beta1, beta2] = betas;
  return {
    name: "lamb",
    stateNames: ["firstMoment", "secondMoment"],
    nonNegativeStates: ["secondMoment"],
    weightDecay,
    shapedState: (_, shape) => shape,
    update({ parameter, gradient, state, scalar }) {
      const firstMoment = add(multiply(state["firstMoment"]!, beta1), multiply(gradient, 1 - beta1));
      const squared = multiply(gradient, gradient);
      const secondMoment = add(multiply(state["secondMoment"]!, beta2), multiply(squared, 1 - beta2));
      const adamStep = divide(firstMoment, add(sqrt(secondMoment), epsilon));
      const step = add(adamStep, multiply(parameter, scalar("decay")));
      const [ownNorm, stepNorm] = [norm(parameter), norm(step)];
      const parameterNorm = where(greater(ownNorm, fixed(largestNorm)), fixed(largestNorm), ownNorm);
      const hasLength = greater(multiply(parameterNorm, stepNorm), fixed(0));
      const trust = where(hasLength, divide(parameterNorm, stepNorm), fixed(1)); // 0 / 0 is not chosen
      return {
        parameter: subtract(parameter, multiply(step, multiply(trust, scalar("stepSize")))),
        state: { firstMoment, secondMoment },
      };
    },
    scalars: (step, rate, decay) => ({
      decay,
      stepSize: biasCorrection ? (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step) : rate,
    }),
  };
}

/** The Euclidean length of all elements together: `[]`. */
function norm(x: Value): Value {
  return reshape(sqrt(sum(multiply(x, x))), []);
}
