import { add, divide, multiply, sqrt, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface NadamOptions {
  /** Default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** How fast the momentum grows to its full size. Default 0.004. */
  readonly momentumDecay?: number;
  /** Added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/** NAdam, Adam with Nesterov's momentum (Dozat 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ), as PyTorch has it. */
export function nadam({
  betas = [0.9, 0.999],
  epsilon = 1e-8,
  momentumDecay = 0.004,
  weightDecay = 0,
}: NadamOptions = {}): Optimizer {
  const [beta1, beta2] = betas;
  const momentum = (step: number): number => beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));
  const products = [1]; // of the momenta of all steps up to one
  const product = (step: number): number => {
    for (let i = products.length; i <= step; i++) products.push(products[i - 1]! * momentum(i));
    return products[step]!;
  };
  return {
    name: "nadam",
    stateNames: ["firstMoment", "secondMoment"],
    nonNegativeStates: ["secondMoment"],
    weightDecay,
    update({ parameter, gradient, state, scalar }) {
      const decayed = add(gradient, multiply(parameter, scalar("decay")));
      const firstMoment = add(multiply(state["firstMoment"]!, beta1), multiply(decayed, 1 - beta1));
      const squared = multiply(decayed, decayed);
      const secondMoment = add(multiply(state["secondMoment"]!, beta2), multiply(squared, 1 - beta2));
      const denominator = add(multiply(sqrt(secondMoment), scalar("rootCorrection")), epsilon);
      const direction = add(
        multiply(decayed, scalar("gradientSize")),
        multiply(firstMoment, scalar("momentSize")),
      );
      return {
        parameter: subtract(parameter, divide(direction, denominator)),
        state: { firstMoment, secondMoment },
      };
    },
    scalars: (step, rate, decay) => ({
      decay,
      gradientSize: (rate * (1 - momentum(step))) / (1 - product(step)),
      momentSize: (rate * momentum(step + 1)) / (1 - product(step + 1)),
      rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    }),
  };
}
