// What it costs to use a fine-tuned model.
import { openForUse } from "../../src/workflows/pipeline.js";
import type { LearningSettings } from "./fine-tuned-accuracy.js";
import { evenlySpaced, type LabelledRow } from "./labelled-tasks.js";
import { withProcessorSeconds } from "./processor-seconds.js";

export interface UseCost {
  readonly parameterCount: number;
  /** Texts that are classified in a second of processor time, encoding included. */
  readonly textsPerSecond: number;
}

const textCount = 1000;
const turns = 3;

/** Classify some rows several times; the fastest turn counts. */
export async function useCost(
  model: string,
  rows: readonly LabelledRow[],
  machine: LearningSettings["machine"],
): Promise<UseCost> {
  const ready = await openForUse({ ...machine, model, batchSize: 32 }, { withLoss: false });
  try {
    const inputs = evenlySpaced(rows, textCount).map(({ text, pair }) =>
      ready.task.exampleOf(pair === undefined ? text : { text, pair }),
    );
    let fastest = Infinity;
    for (let turn = 0; turn <= turns; turn++) {
      const { seconds } = await withProcessorSeconds(() => ready.run(inputs));
      if (turn > 0) fastest = Math.min(fastest, seconds); // the first one waits for memory and caches
    }
    return { parameterCount: ready.parameterCount, textsPerSecond: inputs.length / fastest };
  } finally {
    await ready.close();
  }
}
