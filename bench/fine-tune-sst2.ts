import { sharedPath } from "../test/shared.js";
import { compareFineTuning, readFineTuningOptions } from "./fine-tuning.js";

/**
 * Sentiment of SST-2 from MiniLM: is ours as good as Python's Trainer with the same settings on the same
 * files, and how much of its time does it take, with Trainer as it comes and grouping by length?
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = readFineTuningOptions(args, ["ours", "trainer", "trainer-grouped"]);
  await compareFineTuning(
    "fine-tune-sst2",
    {
      name: "sst2",
      task: "text-classification",
      model: sharedPath("models/all-MiniLM-L6-v2"),
      trainFile: sharedPath("data/en/sst2/train.tsv"),
      validationFile: sharedPath("data/en/sst2/dev.tsv"),
      columns: { text: "1", label: "2" },
      metric: "accuracy",
      point: 0.01,
      learningRate: 5e-5,
      batchSize: 32,
      epochs: 3,
      warmupSteps: 50,
      weightDecay: 0.01,
      threads: options.threads,
      ...(options.maxSteps === undefined ? {} : { maxSteps: options.maxSteps }),
    },
    options,
  );
}
