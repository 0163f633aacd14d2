import type { TaskItem } from "../tasks/task.js";
import type { RunState } from "./checkpoints.js";
import type { RunContext } from "./events.js";
import { fillFeatureCache } from "./feature-cache.js";
import { type Feature, featureKey } from "./feature-graphs.js";
import { type RunSetup, type Trial, trainRun } from "./training-run.js";

/** Train as `trainRun` does; what `features` names is computed first, once for each item. */
export async function trainWithFeatures(
  setup: RunSetup,
  state: RunState,
  features: readonly Feature[],
  items: readonly TaskItem[],
  context: RunContext,
): Promise<Trial | undefined> {
  if (features.length === 0) return trainRun(setup, state, context);
  const { trainer, plan, layout, outputDirectory: directory } = setup;
  const { events } = context;
  const cache = await fillFeatureCache(trainer.learner, featureKey, features, items, {
    ...{ batchSize: plan.evaluationBatchSize, layout, directory, events },
  });
  const place = cache.isOnDisk ? "on the disk" : "in memory";
  events?.note?.(
    `the frozen part is computed once, without dropout: ${Math.ceil(cache.byteCount / 2 ** 20)} MB ${place}`,
  );
  try {
    return await trainRun({ ...setup, features: cache }, state, context);
  } finally {
    await cache.close();
  }
}
