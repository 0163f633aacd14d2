import { kthLargest } from "../probabilities.js";
import { forbidBelow, type ScoreFilter } from "./filter.js";

/** Keep the `count` likeliest tokens, and those that are as likely as the last of them. */
export function topK(count: number): ScoreFilter {
  return (scores) => forbidBelow(scores, kthLargest(scores, count));
}
