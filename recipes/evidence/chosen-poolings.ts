// What of a text the classifier of each network reads: what was better in `poolings.ts`.
import { existsSync } from "node:fs";
import type { FineTuneOptions } from "../../src/workflows/options.js";
import { type Asked, bestChoice, type Trial } from "./best-choice.js";
import type { CurrentModels } from "./current-models.js";
import { readRuns } from "./finished-runs.js";

export type Pooling = NonNullable<FineTuneOptions["pooling"]>;

/** A pooling that was tried. */
export interface PoolingTrial extends Trial {
  readonly pooling: Pooling;
}

/**
 * The poolings of a file of trials with the models that are there now. Where none was tried it is undefined: what the
 * model's config.json says.
 */
export async function chosenPoolings(
  path: string,
  { isCurrent }: Pick<CurrentModels, "isCurrent">,
): Promise<(asked: Asked) => Pooling | undefined> {
  const trials = existsSync(path) ? (await readRuns<PoolingTrial>(path)).filter(isCurrent) : [];
  return (asked) => {
    const own = trials.filter(({ task, way }) => task === asked.task && way === asked.way);
    return own.length === 0 ? undefined : bestPooling(own, asked.labels);
  };
}

/** The pooling with the highest mean accuracy, at the number of labels that was tried and is nearest to `labels`. */
export function bestPooling(trials: readonly PoolingTrial[], labels: string): Pooling {
  return bestChoice(trials, labels, ({ pooling }) => pooling);
}
