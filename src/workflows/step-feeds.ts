import type { Tensor } from "../base/index.js";
import type { AnyTrainingProblem, TaskItem } from "../tasks/task.js";
import { batchFeeds, lengthOf, type RowLayout } from "./row-layout.js";

/** What a training step is fed with, by micro-batch; the weights of their losses add up to 1 over all of them. */
export function stepFeeds(
  problem: AnyTrainingProblem,
  batches: readonly (readonly TaskItem[])[],
  layout: RowLayout,
): Map<string, Tensor>[] {
  const all = batches.flat();
  const total = problem.weightOf(all);
  const furtherTotals = problem.furtherWeightsOf?.(all);
  return batches.map(
    (items) =>
      new Map([
        ...batchFeeds(items, layout),
        ...problem.targets(items, lengthOf(items), Math.max(total, 1e-12), furtherTotals),
      ]),
  );
}
