import { argmax, type Random } from "../base/index.js";

/**
 * The next token by its scores: the likeliest, or one drawn by the probabilities where there is a `random`. Undefined
 * where every token is forbidden.
 */
export function chooseToken(scores: Float32Array, random?: Random): number | undefined {
  const best = argmax(scores);
  const largest = scores[best]!;
  if (largest === -Infinity) return undefined;
  if (random === undefined) return best;
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += Math.exp(scores[i]! - largest);
  let left = random.uniform() * total;
  for (let i = 0; i < scores.length; i++) {
    left -= Math.exp(scores[i]! - largest);
    if (left < 0) return i;
  }
  return best; // only rounding comes here
}
