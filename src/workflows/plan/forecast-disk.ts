import { bytesPerElement } from "../../base/index.js";
import type { HeldBytes } from "../../training/memory-forecast.js";
import type { FilledFineTuneOptions } from "../options.js";

/** What a run takes on the disk, in bytes. */
export interface DiskForecast {
  readonly checkpoint: number;
  /** How many there are at once, with the one that is being written. */
  readonly checkpointCount: number;
  readonly model: number;
  readonly peak: number;
}

/** Forecast the room that checkpoints and the finished model take. */
export function forecastDisk(
  { saveTotalLimit, saveEvery, keepBest, dtype }: FilledFineTuneOptions,
  { parameters, optimizerState }: HeldBytes,
  { stepCount, stepsPerEpoch }: { readonly stepCount: number; readonly stepsPerEpoch: number },
): DiskForecast {
  const checkpoint = parameters + optimizerState;
  const saveCount = Math.ceil(stepCount / (saveEvery === "epoch" ? stepsPerEpoch : saveEvery));
  const checkpointCount = Math.min(saveCount, Math.max(saveTotalLimit, keepBest ? 2 : 1) + 1);
  const model = (parameters / bytesPerElement.float32) * bytesPerElement[dtype];
  return { checkpoint, checkpointCount, model, peak: checkpointCount * checkpoint + model };
}
