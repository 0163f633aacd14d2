import { checkPaired } from "./metric.js";
import type { ScoreMetric } from "./roc-auc.js";

/**
 * The area under the precision-recall curve as a step function: the precision at each distinct score, weighted
 * by the recall gained there. 0 where no example is of class 1.
 */
export const averagePrecision: ScoreMetric = {
  name: "average_precision",
  greaterIsBetter: true,
  compute(truth, scores) {
    checkPaired("average_precision", truth, scores);
    const order = Uint32Array.from({ length: truth.length }, (_, i) => i).sort(
      (a, b) => scores[b]! - scores[a]!,
    );
    let positives = 0;
    for (let i = 0; i < truth.length; i++) if (truth[i] === 1) positives++;
    if (positives === 0) return 0;
    let area = 0;
    let found = 0;
    for (let start = 0; start < order.length; ) {
      let end = start;
      const before = found;
      for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
        if (truth[order[end]!] === 1) found++;
      }
      area += ((found - before) / positives) * (found / end);
      start = end;
    }
    return area;
  },
};
