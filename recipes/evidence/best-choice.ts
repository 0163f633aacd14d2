// What was best of what was tried on rows held out of the training rows.

/** One trial: how well a way did a task with so many labels. */
export interface Trial {
  readonly way: string;
  /** A number, or `all`. */
  readonly labels: string;
  readonly task: string;
  readonly seed: number;
  /** The model that it was tried with, as `modelDigest` gives it. */
  readonly model: string;
  readonly accuracy: number;
}

/** What is tried, or asked for: a task, a way and a number of labels. */
export type Asked = Pick<Trial, "task" | "way" | "labels">;

/** The choice with the highest mean accuracy, at the number of labels that was tried and is nearest to `labels`. */
export function bestChoice<Tried extends Trial, Choice>(
  trials: readonly Tried[],
  labels: string,
  choiceOf: (trial: Tried) => Choice,
): Choice {
  const sizes = [...new Set(trials.map((trial) => trial.labels))];
  const distance = (size: string): number => Math.abs(Math.log(sizeOf(size)) - Math.log(sizeOf(labels)));
  const nearest = sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
  const tried = trials.filter((trial) => trial.labels === nearest);
  const mean = (choice: Choice): number => {
    const own = tried.filter((trial) => choiceOf(trial) === choice);
    return own.reduce((sum, { accuracy }) => sum + accuracy, 0) / own.length;
  };
  return [...new Set(tried.map(choiceOf))].reduce((best, choice) =>
    mean(choice) > mean(best) ? choice : best,
  );
}

/** All labels there are count as more than any number. */
function sizeOf(labels: string): number {
  return labels === "all" ? 1e6 : Number(labels);
}
