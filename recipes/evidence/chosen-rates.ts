// The rate by which each way learns: the one that was best in `learning-rates.ts`.
import { existsSync } from "node:fs";
import { OptionError } from "../../src/base/index.js";
import type { CurrentModels } from "./current-models.js";
import { readRuns } from "./finished-runs.js";

/** A rate that was tried. */
export interface RateTrial {
  readonly way: string;
  readonly labels: string;
  readonly task: string;
  readonly rate: number;
  readonly seed: number;
  /** The model that rates were tried with, as `modelDigest` gives it. */
  readonly model: string;
  readonly accuracy: number;
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
  const sizes = [...new Set(trials.map((trial) => trial.labels))];
  const distance = (size: string): number => Math.abs(Math.log(sizeOf(size)) - Math.log(sizeOf(labels)));
  const nearest = sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
  const tried = trials.filter((trial) => trial.labels === nearest);
  const rates = [...new Set(tried.map(({ rate }) => rate))];
  const mean = (rate: number): number => {
    const own = tried.filter((trial) => trial.rate === rate);
    return own.reduce((sum, { accuracy }) => sum + accuracy, 0) / own.length;
  };
  return rates.reduce((best, rate) => (mean(rate) > mean(best) ? rate : best));
}

/** All labels there are count as more than any number. */
function sizeOf(labels: string): number {
  return labels === "all" ? 1e6 : Number(labels);
}
