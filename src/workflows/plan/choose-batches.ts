import type { MemoryForecast } from "./forecast-memory.js";
import type { BatchSizes, RunBatches } from "./run-batches.js";

/** Batches of some sizes, and what they take. */
export interface Candidate {
  readonly sizes: BatchSizes;
  readonly batches: RunBatches;
  readonly memory: MemoryForecast;
}

/**
 * The largest batches that fit into `limit` bytes and have the effect of those asked for: as many rows for each update.
 * Undefined where not even single rows fit.
 */
export function chooseBatches(
  asked: BatchSizes,
  limit: number,
  evaluate: (sizes: BatchSizes) => Candidate,
): Candidate | undefined {
  const rowCount = asked.batchSize * asked.accumulationSteps;
  const batchSizes = Array.from({ length: rowCount }, (_, i) => rowCount - i).filter(
    (size) => rowCount % size === 0,
  );
  for (const batchSize of batchSizes)
    for (let evaluationBatchSize = asked.evaluationBatchSize; ; ) {
      const candidate = evaluate({ batchSize, accumulationSteps: rowCount / batchSize, evaluationBatchSize });
      const { memory } = candidate;
      if (memory.peak <= limit) return candidate;
      // smaller evaluations help no further where the rest is too much by itself
      if (evaluationBatchSize === 1 || memory.peak - memory.evaluation > limit) break;
      evaluationBatchSize = Math.ceil(evaluationBatchSize / 2);
    }
  return undefined;
}
