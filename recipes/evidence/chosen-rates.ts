// The rate by which each way learns: the one that was best in `learning-rates.ts`.
import { existsSync } from "node:fs";
import { OptionError } from "../../src/base/index.js";
import { bestChoice, type Trial } from "./best-choice.js";
import type { CurrentModels } from "./current-models.js";
import { readRuns } from "./finished-runs.js";

/** A rate that was tried. */
export interface RateTrial extends Trial {
  readonly rate: number;
}

/** The rates of a file of trials with the models that are there now: for a way, and a number of labels or `all`. */
export async function chosenRates(
  path: string,
  { isCurrent }: Pick<CurrentModels, "isCurrent">,
): Promise<(way: string, labels: string) => number> {
  if (!existsSync(path))
    throw new OptionError(`--rates ${path}: expected a file of tried rates, found none`, {
      hint: "node dist/recipes/learning-rates.js makes it",
    });
  const trials = (await readRuns<RateTrial>(path)).filter(isCurrent);
  return (way, labels) => {
    const own = trials.filter((trial) => trial.way === way);
    if (own.length === 0)
      throw new OptionError(
        `--rates ${path}: expected trials of ${way} with the models that are there, got none`,
        {
          hint: "node dist/recipes/learning-rates.js makes them",
        },
      );
    return bestRate(own, labels);
  };
}

/** The rate with the highest mean accuracy, at the number of labels that was tried and is nearest to `labels`. */
export function bestRate(trials: readonly RateTrial[], labels: string): number {
  return bestChoice(trials, labels, ({ rate }) => rate);
}
