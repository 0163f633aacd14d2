import { join, relative } from "node:path";
import { repository } from "../test/shared.js";
import type { FineTuningJob } from "./fine-tuning-sides.js";
import { stateFolder } from "./interleave.js";

/** Where both sides of a comparison begin. */
export interface SameStart {
  /** The checkpoint without dropout, with a head whose weights the seed drew. */
  readonly model: string;
  /** JSON: the rows of each batch, epoch after epoch, as we draw them. */
  readonly batchesFile: string;
}

/** Where the start of a job lies. */
export function startOf({ name }: FineTuningJob, seed: number): SameStart {
  const model = relative(repository, join(stateFolder, `start-${name}-${seed}`));
  return { model, batchesFile: join(model, "batches.json") };
}
