import { int64, type Tensor } from "../base/index.js";
import { restoreOrder, sortedBatches } from "../data/batches.js";
import type { Value } from "../engine/index.js";
import type { AnyProblem, ItemOutput, TaskItem } from "../tasks/task.js";
import type { WorkerLearner } from "../training/worker-learner.js";
import type { RunEvents } from "./events.js";

/** The inputs of a batch, padded to its longest: `[batch, sequence]`, of multiple choice `[examples, choices, sequence]`. */
export function modelFeeds(items: readonly TaskItem[], paddingId: number): Map<string, Tensor> {
  const rows = items.flatMap(({ choices, encoding }) => choices ?? [encoding]);
  const length = lengthOf(items);
  const size = rows.length * length;
  const [ids, mask, typeIds] = [
    new Float64Array(size).fill(paddingId),
    new Float64Array(size),
    new Float64Array(size),
  ];
  rows.forEach((row, i) => {
    ids.set(row.ids, i * length);
    typeIds.set(row.typeIds, i * length);
    mask.fill(1, i * length, i * length + row.ids.length);
  });
  const choiceCount = items[0]?.choices?.length;
  const shape = choiceCount === undefined ? [items.length, length] : [items.length, choiceCount, length];
  return new Map([
    ["ids", int64(shape, ids)],
    ["mask", int64(shape, mask)],
    ["typeIds", int64(shape, typeIds)],
  ]);
}

/** The longest of some items, in tokens. */
export function lengthOf(items: readonly TaskItem[]): number {
  return items.reduce((longest, { encoding }) => Math.max(longest, encoding.ids.length), 0);
}

/** How many tokens items have, all windows and choices together. */
export function tokensOf(items: readonly TaskItem[]): number {
  return items.reduce(
    (count, { choices, encoding }) =>
      count + (choices ?? [encoding]).reduce((sum, { ids }) => sum + ids.length, 0),
    0,
  );
}

/** What a model gave for items, and their mean loss where they have targets. */
export interface RunResult {
  readonly outputs: readonly ItemOutput[];
  readonly loss: number | undefined;
  readonly batchCount: number;
}

/** The graph that `runItems` runs: the head's outputs, and the loss where one is asked for. */
export function evaluationOutputs(
  heads: ReadonlyMap<string, Value>,
  loss?: Value,
): ReadonlyMap<string, Value> {
  return loss === undefined ? heads : new Map([...heads, ["loss", loss]]);
}

/** Run items through the graph prepared as `key`, in batches of like length; results come in the items' order. */
export async function runItems(
  learner: WorkerLearner,
  key: string,
  problem: AnyProblem,
  items: readonly TaskItem[],
  {
    batchSize,
    paddingId,
    withLoss,
    events,
  }: { batchSize: number; paddingId: number; withLoss: boolean; events?: RunEvents | undefined },
): Promise<RunResult> {
  const batches = sortedBatches(
    items.map(({ encoding }) => encoding.ids.length),
    batchSize,
  );
  const results: ItemOutput[][] = [];
  let [lossSum, weightSum] = [0, 0];
  for (const [number, rows] of batches.entries()) {
    const batch = Array.from(rows, (row) => items[row]!);
    const readsTargets = withLoss || problem.evaluated !== undefined;
    const weight = readsTargets ? problem.weightOf(batch) : 0;
    const targets = readsTargets ? problem.targets(batch, lengthOf(batch), Math.max(weight, 1e-12)) : [];
    const outputs = await learner.forward(key, new Map([...modelFeeds(batch, paddingId), ...targets]));
    results.push([...problem.readOutputs(batch, outputs)]);
    lossSum += weight * Number(outputs.get("loss")?.data[0] ?? 0);
    weightSum += weight;
    events?.progress?.({ phase: "evaluate", done: number + 1, total: batches.length });
  }
  return {
    outputs: restoreOrder(batches, results),
    loss: withLoss && weightSum > 0 ? lossSum / weightSum : undefined,
    batchCount: batches.length,
  };
}
