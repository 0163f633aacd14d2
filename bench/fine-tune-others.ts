import { compareFineTuning, readFineTuningOptions } from "./fine-tuning.js";
import { fineTuningJobs } from "./fine-tuning-jobs.js";

/** Pairs, similarity, named entities and question answering from MiniLM: as good as Python's Trainer? */
export async function run(args: readonly string[]): Promise<void> {
  const options = readFineTuningOptions(args, ["ours", "trainer"]);
  for (const job of fineTuningJobs(options)) await compareFineTuning("fine-tune-others", job, options);
}
