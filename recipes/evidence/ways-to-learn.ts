// Ways to learn a task from rows with labels, each with what it is worth at its best: the rates or penalties among which
// `learning-rates.ts` looks for it, and enough steps.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argmax, type Json, OptionError } from "../../src/base/index.js";
import { fineTune } from "../../src/workflows/fine-tune.js";
import { train } from "../../src/workflows/train.js";
import {
  fineTunedAccuracy,
  type LearningSettings,
  type Learnt,
  type StepRange,
} from "./fine-tuned-accuracy.js";
import type { LabelledRow, LabelledRows } from "./labelled-tasks.js";
import { type Features, logisticRegression } from "./logistic-regression.js";
import { learnGrams } from "./text-grams.js";

/** What a way has to learn from. */
export interface Lesson extends Omit<LearningSettings, "steps" | "learningRate"> {
  /** The pre-trained model; other ways have its tokenizer, or its sizes. */
  readonly model: string;
  readonly rows: LabelledRows;
  /** What the model says of each row, as it stands. */
  features(): Promise<ReadonlyMap<LabelledRow, Features>>;
}

export interface Way {
  /** What is tried: the highest learning rate, or the strength (C) of a logistic regression. */
  readonly rates: readonly number[];
  learn(lesson: Lesson, rate: number): Promise<Learnt>;
}

const steps: StepRange = { fewest: 300, most: 900 };

/** The ways by name. */
export const waysToLearn: Readonly<Record<string, Way>> = {
  "fine-tuned": {
    rates: [2e-4, 5e-4, 1e-3],
    learn: ({ model, rows, ...lesson }, learningRate) =>
      fineTunedAccuracy(rows, { ...lesson, steps, learningRate }, (options) =>
        fineTune({ ...options, model }),
      ),
  },
  frozen: {
    rates: [0.01, 0.1, 1],
    async learn({ rows, features }, strength) {
      const known = await features();
      const of = (row: LabelledRow): Features => known.get(row)!;
      return regressed(rows, known.values().next().value!.columns.length, of, strength);
    },
  },
  "from scratch": {
    rates: [2e-4, 5e-4, 1e-3],
    learn: (lesson, rate) => fromScratch(lesson, join(lesson.model, "config.json"), rate),
  },
  "Bi-LSTM": {
    rates: [5e-4, 2e-3, 5e-3],
    async learn(lesson, rate) {
      const sizes = { embedding_size: 128, hidden_size: 128, num_hidden_layers: 1, dropout: 0.3 };
      const { precision: _precision, ...machine } = lesson.machine; // loops are not computed in bf16
      const path = await architecture(lesson, "bi-lstm", sizes);
      return fromScratch({ ...lesson, machine }, path, rate);
    },
  },
  "bag of words": {
    rates: [3e-3, 1e-2, 3e-2],
    async learn(lesson, rate) {
      const sizes = { hidden_size: 128 };
      return fromScratch(lesson, await architecture(lesson, "bag-of-words", sizes), rate);
    },
  },
  "n-grams": {
    rates: [1, 10, 100, 1000],
    learn({ rows }, strength) {
      const grams = learnGrams(rows.train);
      return regressed(rows, grams.columnCount, grams.of, strength);
    },
  },
};

/** The way of a name. */
export function wayToLearn(name: string): Way {
  const way = waysToLearn[name];
  if (way === undefined)
    throw new OptionError(`--ways: expected names among ${Object.keys(waysToLearn).join(", ")}, got ${name}`);
  return way;
}

function fromScratch(
  { model, rows, ...lesson }: Lesson,
  architecturePath: string,
  learningRate: number,
): Promise<Learnt> {
  return fineTunedAccuracy(rows, { ...lesson, steps, learningRate }, (options) =>
    train({ ...options, architecture: architecturePath, tokenizer: model }),
  );
}

async function architecture(
  { scratch }: Lesson,
  modelType: string,
  sizes: Record<string, Json>,
): Promise<string> {
  await mkdir(scratch, { recursive: true });
  const path = join(scratch, `${modelType}.json`);
  await writeFile(path, JSON.stringify({ model_type: modelType, ...sizes }));
  return path;
}

/** Decide over features that are not learnt. */
async function regressed(
  { train: learnt, validation }: LabelledRows,
  columnCount: number,
  featuresOf: (row: LabelledRow) => Features,
  strength: number,
): Promise<Learnt> {
  const classes = [...new Set(learnt.map(({ label }) => label))].sort();
  const fitted = logisticRegression(
    learnt.map(featuresOf),
    learnt.map(({ label }) => classes.indexOf(label)),
    { classCount: classes.length, columnCount, strength },
  );
  const right = validation.filter((row) => classes[argmax(fitted.scores(featuresOf(row)))] === row.label);
  return { accuracy: right.length / validation.length, steps: 0 };
}
