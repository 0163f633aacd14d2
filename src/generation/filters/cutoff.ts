import { kthLargest, logSumExp } from "../probabilities.js";
import { forbidBelow, type ScoreFilter } from "./filter.js";

// Truncation by a fixed probability (Hewitt et al. 2022, https://arxiv.org/abs/2210.15191).

/** Keep tokens of at least this probability. */
export function epsilonCutoff(epsilon: number, keep = 1): ScoreFilter {
  return (scores) => keepFrom(scores, logSumExp(scores) + Math.log(epsilon), keep);
}

/** The same, with a lower bound where many tokens are likely: `min(epsilon, sqrt(epsilon) exp(-entropy))`. */
export function etaCutoff(epsilon: number, keep = 1): ScoreFilter {
  return (scores) => {
    const total = logSumExp(scores);
    let entropy = 0;
    for (const score of scores) if (score > -Infinity) entropy -= (score - total) * Math.exp(score - total);
    const eta = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropy));
    keepFrom(scores, total + Math.log(eta), keep);
  };
}

function keepFrom(scores: Float32Array, bound: number, keep: number): void {
  forbidBelow(scores, Math.min(bound, kthLargest(scores, keep)));
}
