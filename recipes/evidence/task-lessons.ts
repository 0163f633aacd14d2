// The rows of tasks, read once in a program, and the features that a frozen model gives for them, computed once.
import { join } from "node:path";
import { longestText } from "./fine-tuned-accuracy.js";
import { drawRows, evenlySpaced, type LabelledRow, type LabelledRows, readTask } from "./labelled-tasks.js";
import type { Features } from "./logistic-regression.js";
import { sentenceFeatures } from "./sentence-features.js";
import type { Lesson } from "./ways-to-learn.js";

export interface LessonSource {
  /** The folder with `data` and `corpora`. */
  readonly shared: string;
  readonly scratch: string;
  readonly machine: Lesson["machine"];
}

/** Gives the rows of tasks in portions. */
export class TaskLessons {
  readonly #source: LessonSource;
  readonly #rows = new Map<string, Promise<LabelledRows>>();
  readonly #features = new Map<string, Promise<ReadonlyMap<LabelledRow, Features>>>();

  constructor(source: LessonSource) {
    this.#source = source;
  }

  /** A lesson of so many training rows (`all` of them), drawn by the seed. */
  async lesson(task: string, model: string, labels: string, seed: number): Promise<Lesson> {
    return this.#lesson(task, model, await this.rows(task), labels, seed);
  }

  /** The same, but tried on `triedCount` of the training rows, which it does not learn from: to choose rates by. */
  async rehearsal(
    task: string,
    model: string,
    labels: string,
    seed: number,
    triedCount: number,
  ): Promise<Lesson> {
    const { train } = await this.rows(task);
    const validation = evenlySpaced(train, triedCount);
    const tried = new Set(validation);
    const rows = { train: train.filter((row) => !tried.has(row)), validation };
    return this.#lesson(task, model, rows, labels, seed);
  }

  /** All rows of a task. */
  rows(task: string): Promise<LabelledRows> {
    return kept(this.#rows, task, () => readTask(this.#source.shared, task));
  }

  #lesson(task: string, model: string, rows: LabelledRows, labels: string, seed: number): Lesson {
    const { scratch, machine } = this.#source;
    const isPart = labels !== "all" && Number(labels) < rows.train.length;
    return {
      ...{ model, seed, machine, scratch: join(scratch, "learning") },
      rows: isPart ? { ...rows, train: drawRows(rows.train, Number(labels), seed) } : rows,
      features: async () => {
        const all = await this.rows(task);
        const options = { ...machine, maxLength: longestText };
        return kept(this.#features, `${task} ${model}`, () => sentenceFeatures(model, all, options));
      },
    };
  }
}

function kept<Value>(
  map: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
