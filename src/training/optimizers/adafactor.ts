import {
  add,
  divide,
  scalar as fixed,
  maximum,
  mean,
  multiply,
  reshape,
  sqrt,
  subtract,
  type Value,
} from "../../engine/index.js";
import type { Optimizer } from "./optimizer.js";

export interface AdafactorOptions {
  /** Steps as long as a share of the parameter itself, `max(1e-3, root mean square)`. Default true. */
  readonly scaleByParameter?: boolean;
  /** The learning rate follows from the step, `min(1e-2, 1 / sqrt(step))`, or with `warmup` from
   *  `min(1e-6 * step, 1 / sqrt(step))`; the schedule's rate is not used. Default false. */
  readonly relativeStep?: boolean | "warmup";
  /** Smooths the steps; costs a number for each parameter. Default: none. */
  readonly beta1?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** The second moment forgets by `1 - step^decayRate`. Default -0.8. */
  readonly decayRate?: number;
  /** A step's root mean square is scaled down to this. Default 1. */
  readonly clipThreshold?: number;
}

/**
 * Adafactor (Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235), with the order of operations of transformers:
 * of a matrix, the second moment is kept by rows and columns only, so that it needs hardly any memory.
 */
export function adafactor({
  scaleByParameter = true,
  relativeStep = false,
  beta1,
  weightDecay = 0,
  decayRate = -0.8,
  clipThreshold = 1,
}: AdafactorOptions = {}): Optimizer {
  return {
    name: "adafactor",
    stateNames: ["rowMoment", "columnMoment", ...(beta1 === undefined ? [] : ["firstMoment"])],
    nonNegativeStates: ["rowMoment", "columnMoment"],
    weightDecay,
    // of a vector, the rows are all there is
    shapedState(state, shape) {
      if (state === "firstMoment") return shape;
      if (shape.length < 2) return state === "rowMoment" ? shape : [1];
      return state === "rowMoment"
        ? [...shape.slice(0, -1), 1]
        : [...shape.slice(0, -2), 1, ...shape.slice(-1)];
    },
    update({ parameter, gradient, state, scalar }) {
      const [keep, rate] = [scalar("keep"), scalar("rate")];
      const smooth = (before: Value, now: Value): Value =>
        add(multiply(before, keep), multiply(now, subtract(1, keep)));
      const squared = add(multiply(gradient, gradient), 1e-30);
      const isMatrix = parameter.shape.length >= 2;
      const rowMoment = smooth(state["rowMoment"]!, isMatrix ? mean(squared, [-1]) : squared);
      const columnMoment = isMatrix
        ? smooth(state["columnMoment"]!, mean(squared, [-2]))
        : state["columnMoment"]!;
      const whole = isMatrix ? multiply(divide(rowMoment, mean(rowMoment, [-2])), columnMoment) : rowMoment;
      const direction = divide(gradient, sqrt(whole));
      const clipped = divide(direction, maximum(multiply(size(direction), 1 / clipThreshold), fixed(1)));
      const length = scaleByParameter ? multiply(rate, maximum(size(parameter), fixed(1e-3))) : rate;
      const step = multiply(clipped, length);
      const firstMoment =
        beta1 === undefined
          ? undefined
          : add(multiply(state["firstMoment"]!, beta1), multiply(step, 1 - beta1));
      const decayed = subtract(parameter, multiply(parameter, multiply(length, scalar("decay"))));
      return {
        parameter: subtract(decayed, firstMoment ?? step),
        state: { rowMoment, columnMoment, ...(firstMoment === undefined ? {} : { firstMoment }) },
      };
    },
    scalars: (step, rate, decay) => ({
      keep: 1 - step ** decayRate,
      rate:
        relativeStep === false
          ? rate
          : Math.min(relativeStep === "warmup" ? 1e-6 * step : 1e-2, 1 / Math.sqrt(step)),
      decay,
    }),
  };
}

/** The root of the mean square of all elements: `[]`. */
function size(x: Value): Value {
  return reshape(sqrt(mean(multiply(x, x))), []);
}
