import { forbidBelow, type ScoreFilter } from "./filter.js";

/**
 * Keep the likeliest tokens until their probabilities add up to `mass` (nucleus sampling, Holtzman et al. 2019,
 * https://arxiv.org/abs/1904.09751), at least `keep` of them.
 */
export function topP(mass: number, keep = 1): ScoreFilter {
  return (scores) => {
    const sorted = scores.filter((score) => score > -Infinity).sort();
    const largest = sorted.at(-1)!;
    let total = 0;
    for (const score of sorted) total += Math.exp(score - largest);
    let below = 0;
    let first = 0; // the least likely token that is kept
    for (const last = sorted.length - keep; first < last; first++) {
      below += Math.exp(sorted[first]! - largest) / total;
      if (below > 1 - mass) break;
    }
    forbidBelow(scores, sorted[first]!);
  };
}
