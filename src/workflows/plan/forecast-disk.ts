import { bytesPerElement } from "../../base/index.js";
import type { HeldBytes } from "../../training/memory-forecast.js";
import type { FilledFineTuneOptions } from "../options.js";

/** What a run takes on the disk, in bytes. */
export interface DiskForecast {
  readonly checkpoint: number;
  /** How many there are at once, with the one that is being written. */
  readonly checkpointCount: number;
  readonly model: number;
  /** The tokens of running text; 0 where rows are learnt from, which stay where they are. */
  readonly corpus: number;
  readonly peak: number;
}

/** Forecast the room that checkpoints and the finished model take. */
export function forecastDisk(
  {
    saveTotalLimit,
    saveEvery,
    keepBest,
    dtype,
  }: Pick<FilledFineTuneOptions, "saveTotalLimit" | "saveEvery" | "keepBest" | "dtype">,
  { parameters, optimizerState }: HeldBytes,
  {
    stepCount,
    stepsPerEpoch,
    corpus,
  }: { readonly stepCount: number; readonly stepsPerEpoch: number; readonly corpus: number },
): DiskForecast {
  const checkpoint = parameters + optimizerState;
  const saveCount = Math.ceil(stepCount / (saveEvery === "epoch" ? stepsPerEpoch : saveEvery));
  const checkpointCount = Math.min(saveCount, Math.max(saveTotalLimit, keepBest ? 2 : 1) + 1);
  const model = (parameters / bytesPerElement.float32) * bytesPerElement[dtype];
  return { checkpoint, checkpointCount, model, corpus, peak: checkpointCount * checkpoint + model + corpus };
}
