import { OptionError } from "../src/base/errors.js";
import { sharedPath } from "../test/shared.js";
import { nerWikipediaSplit, wikigoldSplit, xquadSplit } from "./data-splits.js";
import type { FineTuningOptions } from "./fine-tuning.js";
import type { FineTuningJob } from "./fine-tuning-sides.js";

type Job = Omit<FineTuningJob, "name" | "model" | "threads" | "warmupSteps" | "weightDecay" | "maxSteps">;

// functions, so that only the jobs that are asked for prepare their data
const jobs: Record<string, () => Job> = {
  jnli: () => ({
    task: "text-classification",
    trainFile: sharedPath("data/ja/jnli/train.jsonl"),
    validationFile: sharedPath("data/ja/jnli/valid.jsonl"),
    columns: { text: "sentence1", pair: "sentence2", label: "label" },
    metric: "accuracy",
    point: 0.01,
    learningRate: 5e-5,
    batchSize: 32,
    epochs: 3,
  }),
  snli: () => ({
    task: "text-classification",
    trainFile: sharedPath("data/en/snli/dev.jsonl"),
    validationFile: sharedPath("data/en/snli/test_first5000.jsonl"),
    columns: { text: "sentence1", pair: "sentence2", label: "gold_label" },
    metric: "accuracy",
    point: 0.01,
    learningRate: 5e-5,
    batchSize: 32,
    epochs: 1,
  }),
  stsb: () => ({
    task: "text-classification",
    trainFile: sharedPath("data/en/stsb/stsb-en-train.csv"),
    validationFile: sharedPath("data/en/stsb/stsb-en-dev.csv"),
    columns: { text: "1", pair: "2", label: "3" },
    regression: true,
    metric: "pearson",
    point: 0.01,
    learningRate: 5e-5,
    batchSize: 32,
    epochs: 3,
  }),
  wikigold: () => ({
    task: "token-classification",
    ...wikigoldSplit(),
    metric: "f1",
    point: 0.01,
    learningRate: 1e-4,
    batchSize: 16,
    epochs: 3,
  }),
  "ner-wikipedia": () => ({
    task: "token-classification",
    ...nerWikipediaSplit(),
    metric: "f1",
    point: 0.01,
    learningRate: 1e-4,
    batchSize: 16,
    epochs: 3,
  }),
  xquad: () => ({
    task: "question-answering",
    ...xquadSplit(),
    metric: "f1",
    point: 1,
    learningRate: 2e-4,
    batchSize: 16,
    epochs: 4,
    maxLength: 384,
  }),
  jsquad: () => ({
    task: "question-answering",
    trainFile: sharedPath("data/ja/jsquad/train.json"),
    validationFile: sharedPath("data/ja/jsquad/valid.json"),
    metric: "exact_match",
    point: 1,
    learningRate: 1e-4,
    batchSize: 16,
    epochs: 2,
    maxLength: 384,
  }),
};

/** The fine-tunings that options name, all of them where they name none. */
export function fineTuningJobs({ jobs: names, threads, maxSteps }: FineTuningOptions): FineTuningJob[] {
  return (names ?? Object.keys(jobs)).map((name) => {
    const job = jobs[name];
    if (job === undefined)
      throw new OptionError(`--jobs: expected some of ${Object.keys(jobs).join(", ")}, got ${name}`);
    return {
      name,
      ...job(),
      model: sharedPath("models/all-MiniLM-L6-v2"),
      ...{ warmupSteps: 20, weightDecay: 0.01, threads },
      ...(maxSteps === undefined ? {} : { maxSteps }),
    };
  });
}
