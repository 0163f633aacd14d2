import { type BatchOptions, epochBatches, streamBatches } from "../data/batches.js";
import type { CorpusRows } from "../data/corpus/corpus-rows.js";
import type { AnyPretrainingProblem } from "../tasks/pretraining/index.js";
import { isRunningText, type TaskItem } from "../tasks/task.js";

/** Where a run's training rows come from: all that the training loop knows of them. A step is read by its number alone,
 *  so that a resumed run goes on as if it had never stopped. */
export interface TrainingRows {
  /** How many rows there are, as its user counts them. */
  readonly rowCount: number;
  /** The batches of a step, counted from 0, whose gradients are added. */
  batchesOf(step: number): readonly (readonly TaskItem[])[];
  /** Whether a state that is carried from step to step begins anew with this one. */
  startsAnew(step: number): boolean;
}

/** How rows become batches. */
export interface Batching {
  readonly batchSize: number;
  readonly accumulationSteps: number;
  readonly stepsPerEpoch: number;
  readonly bucketing: boolean;
  readonly seed: number;
}

/** Rows that lie in memory, each once an epoch in an order of its own; with `carriesState`, parts of a running text stay
 *  in order, so that each row goes on from the same row of the step before. */
export function rowsInMemory(
  { examples, items }: { readonly examples: readonly unknown[]; readonly items: readonly TaskItem[] },
  batching: Batching,
  carriesState: boolean,
): TrainingRows {
  const { accumulationSteps, stepsPerEpoch } = batching;
  const lengths = items.map(({ encoding }) => encoding.ids.length);
  const options: BatchOptions = { lengths, ...batching };
  const goesOn = carriesState && isRunningText(items);
  let [epochOfBatches, batches]: [number, Uint32Array[]] = [-1, []];
  return {
    rowCount: examples.length,
    batchesOf(step) {
      const epoch = Math.floor(step / stepsPerEpoch);
      if (epoch !== epochOfBatches)
        [epochOfBatches, batches] = [
          epoch,
          goesOn ? runningBatches(items.length, batching) : epochBatches(options, epoch),
        ];
      const first = (step % stepsPerEpoch) * accumulationSteps;
      return batches
        .slice(first, first + accumulationSteps)
        .map((rows) => Array.from(rows, (row) => items[row]!));
    },
    startsAnew: (step) => !goesOn || step % stepsPerEpoch === 0,
  };
}

/** Batches in which each row goes on from the same row of the step before; micro-batches are parts of a step. */
function runningBatches(
  itemCount: number,
  { batchSize, accumulationSteps }: Pick<Batching, "batchSize" | "accumulationSteps">,
): Uint32Array[] {
  return streamBatches(itemCount, batchSize * accumulationSteps).flatMap((rows) =>
    Array.from({ length: accumulationSteps }, (_, i) =>
      rows.subarray(i * batchSize, (i + 1) * batchSize),
    ).filter(({ length }) => length > 0),
  );
}

/** Rows of corpora, in the endless random order of `CorpusRows`: a step takes the next ones. */
export function rowsOfCorpora(
  rows: Pick<CorpusRows, "epochRowCount" | "row">,
  problem: Pick<AnyPretrainingProblem, "encode">,
  { batchSize, accumulationSteps }: Pick<Batching, "batchSize" | "accumulationSteps">,
): TrainingRows {
  return {
    rowCount: rows.epochRowCount,
    batchesOf: (step) =>
      Array.from({ length: accumulationSteps }, (_, i) => {
        const first = (step * accumulationSteps + i) * batchSize;
        const stretches = Array.from({ length: batchSize }, (_, j) => rows.row(first + j));
        // named in messages by its place in the run
        return problem
          .encode(stretches)
          .map((item: TaskItem, j: number) => ({ ...item, example: first + j }));
      }),
    startsAnew: () => true,
  };
}
