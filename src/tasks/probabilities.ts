/** Softmax of a few logits: probabilities that add up to 1. */
export function softmaxOf(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const exponentials = values.map((value) => Math.exp(value - largest));
  const total = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / total);
}

/** The logistic function of each logit: probabilities that stand each for itself. */
export function sigmoidOf(logits: ArrayLike<number>): Float64Array {
  return Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
}
