// Trying what is to be chosen for a way to learn, on rows held out of the training rows: the validation rows choose nothing.
import type { Asked, Trial } from "./best-choice.js";
import type { CurrentModels } from "./current-models.js";
import { type Learnt, longestText, rowsPerStep } from "./fine-tuned-accuracy.js";
import { type Drawing, finishRuns, type RunKey } from "./finished-runs.js";
import { labelledTask } from "./labelled-tasks.js";
import { percentCell } from "./measured-cells.js";
import { withProcessorSeconds } from "./processor-seconds.js";
import { listed, machineFlags, machineOf, placeFlags } from "./program-options.js";
import { TaskLessons } from "./task-lessons.js";
import type { Lesson } from "./ways-to-learn.js";

type Flag<Name extends string> = Readonly<
  Record<Name, { readonly type: "string"; readonly default: string }>
>;

/** What a rehearsal is told. */
export function rehearsalFlags(
  name: string,
  asked: { readonly tasks: string; readonly ways: string },
): Flag<
  | ("tasks" | "ways" | "labels" | "seeds" | "tried" | "ja" | "en")
  | ("shared" | "results" | "scratch" | "runtime" | "precision" | "threads")
> {
  return {
    tasks: { type: "string", default: asked.tasks },
    ways: { type: "string", default: asked.ways },
    labels: { type: "string", default: "200,1000" },
    seeds: { type: "string", default: "1" },
    tried: { type: "string", default: "500" },
    ja: { type: "string", default: "rootstocks/ja-small" },
    en: { type: "string", default: "rootstocks/en-small" },
    ...placeFlags(name),
    ...machineFlags,
  };
}

export interface Rehearsal<Choice extends RunKey> {
  readonly models: CurrentModels;
  choices(asked: Asked): readonly Choice[];
  learn(lesson: Lesson, trial: Asked & Choice): Promise<Learnt>;
  /** Draw the trials with the models that are there now. */
  draw(trials: readonly (Trial & Choice)[]): Drawing;
}

/** Do the trials that are not done yet. */
export async function rehearse<Choice extends RunKey>(
  options: Readonly<Record<keyof ReturnType<typeof rehearsalFlags>, string>>,
  { models, choices, learn, draw }: Rehearsal<Choice>,
): Promise<void> {
  const machine = machineOf(options);
  const lessons = new TaskLessons({ shared: options.shared, scratch: options.scratch, machine });
  type Key = Omit<Trial, "accuracy"> & Choice;
  await finishRuns<Key & RunKey, Pick<Trial, "accuracy"> & { readonly seconds: number }>({
    results: options.results,
    settings: {
      ...{ runtime: options.runtime, precision: options.precision, tried: Number(options.tried) },
      ...{ rowsPerStep, longestText },
    },
    asked: listed(options.seeds).flatMap((seed) =>
      listed(options.tasks).flatMap((task) =>
        listed(options.labels).flatMap((labels) =>
          listed(options.ways).flatMap((way) =>
            choices({ task, way, labels }).map((choice) => ({
              ...{ task, labels, way, ...choice, seed: Number(seed), model: models.of(task) },
            })),
          ),
        ),
      ),
    ),
    run: (trial) =>
      withProcessorSeconds(async () => {
        const { task, labels, seed } = trial;
        const model = options[labelledTask(task).language];
        const lesson = await lessons.rehearsal(task, model, labels, seed, Number(options.tried));
        return { accuracy: (await learn(lesson, trial)).accuracy };
      }),
    draw: (finished) => draw(finished.filter(models.isCurrent)),
  });
}

/** A cell of the trials of one choice, bold where it is the best. */
export function trialCell(trials: readonly Trial[], seedCount: number, isBest: () => boolean): string {
  const accuracies = trials.map(({ accuracy }) => accuracy);
  const cell = percentCell(accuracies, seedCount);
  return cell !== "" && isBest() ? `**${cell}**` : cell;
}

/** The different values of a column, in the order in which they come. */
export function distinct<Row, Cell>(rows: readonly Row[], cellOf: (row: Row) => Cell): Cell[] {
  return [...new Set(rows.map(cellOf))];
}
