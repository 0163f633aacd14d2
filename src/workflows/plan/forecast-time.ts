import type { AnyTrainingProblem } from "../../tasks/task.js";
import type { CarriedState } from "../../training/gradient-graph.js";
import type { Trainer } from "../../training/trainer.js";
import type { RowLayout } from "../row-layout.js";
import { drawItems, runItems } from "../run-items.js";
import { stepFeeds } from "../step-feeds.js";
import type { PlannedBatch } from "./run-batches.js";

/** How long something of a size takes, measured. */
export interface Measured {
  /** Token places. */
  readonly places: number;
  readonly seconds: number;
}

/** What measuring needs of a run. */
export interface TimedRun {
  readonly trainer: Trainer;
  readonly problem: AnyTrainingProblem;
  readonly layout: RowLayout;
  readonly seed: number;
  readonly evaluationState: readonly CarriedState[];
}

const placesOfStep = (step: readonly PlannedBatch[]): number =>
  step.reduce((sum, { places }) => sum + places, 0);

/** Time steps of a run: the shortest, the middle one and the longest. The weights change and are of no further use. */
export async function timeSteps(
  { trainer, problem, layout, seed }: TimedRun,
  steps: readonly (readonly PlannedBatch[])[],
): Promise<Measured[]> {
  const chosen = spread([...steps].sort((a, b) => placesOfStep(a) - placesOfStep(b)));
  return timeEach(chosen, placesOfStep, async (step) => {
    const drawn = [];
    for (const { items } of step)
      drawn.push(await drawItems(trainer.learner, problem, items, { seed, step: 1, layout }));
    await trainer.step(stepFeeds(problem, drawn, layout));
  });
}

/** The same of batches that are tried. */
export function timeTrials(
  { trainer, problem, layout, evaluationState }: TimedRun,
  batches: readonly PlannedBatch[],
): Promise<Measured[]> {
  const chosen = spread([...batches].sort((a, b) => a.places - b.places));
  return timeEach(
    chosen,
    ({ places }) => places,
    async ({ items }) => {
      const settings = { batchSize: items.length, layout, withLoss: true, state: evaluationState };
      await runItems(trainer.learner, "evaluation", problem, items, settings);
    },
  );
}

/** Seconds of all of `sizes`, in token places: between what was measured in a straight line, in proportion beyond. */
export function secondsOf(measured: readonly Measured[], sizes: readonly number[]): number {
  return sizes.reduce((sum, places) => sum + secondsAt(measured, places), 0);
}

function secondsAt(measured: readonly Measured[], places: number): number {
  const above = measured.findIndex((point) => point.places >= places);
  const [low, high] = [measured[above - 1], measured[above]];
  if (high === undefined) {
    const last = measured.at(-1)!;
    return (last.seconds * places) / last.places;
  }
  if (low === undefined) return high.places === places ? high.seconds : (high.seconds * places) / high.places;
  const share = (places - low.places) / (high.places - low.places);
  return low.seconds + share * (high.seconds - low.seconds);
}

/** The first, the middle and the last. */
function spread<T>(ordered: readonly T[]): T[] {
  const chosen = [0, (ordered.length - 1) >> 1, ordered.length - 1].filter((i) => i >= 0);
  return [...new Set(chosen)].map((i) => ordered[i]!);
}

/** The first run of all is for the runtime to get ready in; then each counts by the faster of two. */
async function timeEach<T>(
  chosen: readonly T[],
  placesOf: (one: T) => number,
  run: (one: T) => Promise<void>,
): Promise<Measured[]> {
  const [first] = chosen;
  if (first === undefined) return [];
  await run(first);
  const measured: Measured[] = [];
  for (const one of chosen) {
    const seconds: number[] = [];
    for (let i = 0; i < 2; i++) {
      const start = performance.now();
      await run(one);
      seconds.push((performance.now() - start) / 1000);
    }
    const places = placesOf(one);
    if (places > (measured.at(-1)?.places ?? 0)) measured.push({ places, seconds: Math.min(...seconds) });
  }
  return measured;
}
