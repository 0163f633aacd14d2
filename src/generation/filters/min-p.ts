import { kthLargest } from "../probabilities.js";
import { forbidBelow, type ScoreFilter } from "./filter.js";

/** Keep tokens that are at least `share` times as likely as the likeliest (Nguyen et al. 2024, https://arxiv.org/abs/2407.01082). */
export function minP(share: number, keep = 1): ScoreFilter {
  return (scores) => {
    const largest = kthLargest(scores, 1);
    forbidBelow(scores, Math.min(largest + Math.log(share), kthLargest(scores, keep)));
  };
}
