import { logSumExp } from "../probabilities.js";
import type { ScoreFilter } from "./filter.js";

/**
 * Keep tokens that are about as surprising as the distribution is on average, until their probabilities add up to
 * `mass` (locally typical sampling, Meister et al. 2022, https://arxiv.org/abs/2202.00666).
 */
export function typical(mass: number, keep = 1): ScoreFilter {
  return (scores) => {
    const total = logSumExp(scores);
    let entropy = 0;
    for (const score of scores) if (score > -Infinity) entropy -= (score - total) * Math.exp(score - total);
    const distance = Float64Array.from(scores, (score) => Math.abs(total - score - entropy));
    const order = Uint32Array.from(scores, (_, token) => token).sort((a, b) => distance[a]! - distance[b]!);
    let [sum, last] = [0, 0];
    for (; last < order.length - 1; last++) {
      sum += Math.exp(scores[order[last]!]! - total);
      if (sum >= mass) break;
    }
    const farthest = distance[order[last]!]!;
    for (const token of order.subarray(keep)) if (distance[token]! > farthest) scores[token] = -Infinity;
  };
}
