import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { epochBatches } from "../src/data/batches.js";
import { repository } from "../test/shared.js";
import { runToEnd } from "./child-process.js";
import { compareFineTuning, readFineTuningOptions } from "./fine-tuning.js";
import { fineTuningJobs } from "./fine-tuning-jobs.js";
import { type FineTuningJob, trainerCommand } from "./fine-tuning-sides.js";
import { startOf } from "./fine-tuning-start.js";
import { requirePeers } from "./python.js";

/**
 * From the same weights, the head's too, over the same batches, without dropout: does Python's Trainer end where we do?
 * Where few rows let every seed end elsewhere, this tells more than means over seeds.
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = readFineTuningOptions(args, ["ours-alike", "trainer-alike"]);
  requirePeers();
  for (const job of fineTuningJobs(options)) {
    for (let seed = 1; seed <= options.seedCount; seed++) await prepareStart(job, seed);
    await compareFineTuning("fine-tune-alike", job, options);
  }
}

/** Draw the head and the batches of a seed, where they are not there yet. */
async function prepareStart(job: FineTuningJob, seed: number): Promise<void> {
  const { model, batchesFile } = startOf(job, seed);
  if (existsSync(join(repository, batchesFile))) return;
  const command = trainerCommand(job, seed, model);
  await runToEnd({ ...command, arguments: [...command.arguments, "--only-start"] });
  const lengths: number[] = JSON.parse(readFileSync(join(repository, model, "lengths.json"), "utf8"));
  const epochs = Array.from({ length: job.epochs }, (_, epoch) =>
    epochBatches({ lengths, batchSize: job.batchSize, seed }, epoch),
  );
  const batches = epochs.flat().map((rows) => [...rows]);
  writeFileSync(join(repository, batchesFile), JSON.stringify(batches.slice(0, job.maxSteps)));
}
