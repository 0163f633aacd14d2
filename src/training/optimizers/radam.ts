import { add, divide, multiply, sqrt, subtract } from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface RadamOptions {
  /** Default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/** RAdam, Adam that trusts its second moment by and by (Liu et al. 2019, https://arxiv.org/abs/1908.03265), as PyTorch has it. */
export function radam({
  betas = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
}: RadamOptions = {}): Optimizer {
  const [beta1, beta2] = betas;
  return {
    name: "radam",
    stateNames: ["firstMoment", "secondMoment"],
    nonNegativeStates: ["secondMoment"],
    weightDecay,
    update({ parameter, gradient, state, scalar }) {
      const decayed = add(gradient, multiply(parameter, scalar("decay")));
      const firstMoment = add(multiply(state["firstMoment"]!, beta1), multiply(decayed, 1 - beta1));
      const squared = multiply(decayed, decayed);
      const secondMoment = add(multiply(state["secondMoment"]!, beta2), multiply(squared, 1 - beta2));
      const adaptive = divide(scalar("adaptiveSize"), add(sqrt(secondMoment), epsilon));
      const change = multiply(firstMoment, add(adaptive, scalar("plainSize"))); // one of the two sizes is 0
      return { parameter: subtract(parameter, change), state: { firstMoment, secondMoment } };
    },
    scalars(step, rate, decay) {
      const size = rate / (1 - beta1 ** step);
      const longest = 2 / (1 - beta2) - 1; // of the averages' lengths, rho in the paper
      const length = longest - (2 * step * beta2 ** step) / (1 - beta2 ** step);
      if (length <= 5) return { decay, plainSize: size, adaptiveSize: 0 };
      const rectification = Math.sqrt(
        ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length),
      );
      return { decay, plainSize: 0, adaptiveSize: size * rectification * Math.sqrt(1 - beta2 ** step) };
    },
  };
}
