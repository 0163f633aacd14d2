import type { TaskItem } from "../../tasks/task.js";
import type { PreparedRun } from "../prepare-run.js";
import { batchFeeds, evaluationBatches, lengthOf, type RowLayout } from "../row-layout.js";
import { rowsInMemory } from "../training-rows.js";
import type { RunPlan } from "../training-run.js";

/** How many rows are computed together, and before an update. */
export interface BatchSizes {
  readonly batchSize: number;
  readonly accumulationSteps: number;
  readonly evaluationBatchSize: number;
}

/** Items that are computed together, and the token places of their rows, padding included. */
export interface PlannedBatch {
  readonly items: readonly TaskItem[];
  readonly places: number;
}

/** Everything that a run computes, but for how often. */
export interface RunBatches {
  readonly stepsPerEpoch: number;
  /** The steps of the first epoch, each with its micro-batches. */
  readonly steps: readonly (readonly PlannedBatch[])[];
  readonly validation: readonly PlannedBatch[];
  readonly test: readonly PlannedBatch[];
}

/** The batches of a run whose rows are put together so. */
export function runBatches(
  { train, validation, test, graphs, plan }: PreparedRun,
  { bucketing, seed }: { readonly bucketing: boolean; readonly seed: number },
  sizes: BatchSizes,
  layout: RowLayout,
): RunBatches {
  const stepsPerEpoch = Math.ceil(train.items.length / sizes.batchSize / sizes.accumulationSteps);
  const batching = { ...sizes, stepsPerEpoch, bucketing, seed };
  const rows = rowsInMemory(train, batching, graphs.trainingState.length > 0);
  const stepCount = Math.min(stepsPerEpoch, totalSteps(plan, stepsPerEpoch));
  return {
    stepsPerEpoch,
    steps: Array.from({ length: stepCount }, (_, step) =>
      rows.batchesOf(step).map((items) => plannedBatch(items, layout)),
    ),
    validation: plannedTrials(validation, sizes, layout),
    test: plannedTrials(test, sizes, layout),
  };
}

/** Items and their places. */
export function plannedBatch(items: readonly TaskItem[], layout: RowLayout): PlannedBatch {
  return { items, places: placesOf(items, layout) };
}

/** The batches in which a set is tried; none of none. */
export function plannedTrials(
  set: { readonly items: readonly TaskItem[] } | undefined,
  { evaluationBatchSize }: BatchSizes,
  layout: RowLayout,
): PlannedBatch[] {
  const lengths = set?.items.map(({ encoding }) => encoding.ids.length) ?? [];
  return evaluationBatches(lengths, evaluationBatchSize, layout).map((rows) =>
    plannedBatch(
      Array.from(rows, (row) => set!.items[row]!),
      layout,
    ),
  );
}

/** The steps of a run where an epoch has so many: the rows are gone over as often. */
export function totalSteps(plan: RunPlan, stepsPerEpoch: number): number {
  return Math.max(1, Math.round((plan.totalSteps / plan.stepsPerEpoch) * stepsPerEpoch));
}

/** The batch with the most places. */
export function largestBatch(batches: readonly PlannedBatch[]): PlannedBatch | undefined {
  return batches.reduce<PlannedBatch | undefined>(
    (largest, batch) => (largest === undefined || batch.places > largest.places ? batch : largest),
    undefined,
  );
}

function placesOf(items: readonly TaskItem[], layout: RowLayout): number {
  if (layout.packing !== undefined) return batchFeeds(items, layout).get("ids")!.data.length;
  return items.reduce((sum, { choices }) => sum + (choices?.length ?? 1), 0) * lengthOf(items);
}
