import type { Value } from "../graph/graph.js";
import { multiply, subtract } from "./arithmetic.js";
import { reshape } from "./layout.js";
import { mean } from "./reduction.js";

/** The mean of `(predictions - targets)²` over all elements, a value without axes. */
export function meanSquaredError(predictions: Value, targets: Value): Value {
  const difference = subtract(predictions, targets);
  return reshape(mean(multiply(difference, difference)), []);
}
