import type { Trainer } from "../training/trainer.js";
import type { FilledFineTuneOptions } from "./options.js";

/** What of a model is trained, and what the optimizer keeps for it, where that is not the usual. */
export function trainingNotes(
  { trainedCount, optimizerStateSize }: Trainer,
  parameterCount: number,
  { optimizerState }: FilledFineTuneOptions,
): string[] {
  const [megabytes, perWeight] = [optimizerStateSize / 1e6, optimizerStateSize / trainedCount];
  return [
    ...(trainedCount < parameterCount ? [`${trainedCount} of ${parameterCount} parameters are trained`] : []),
    ...(optimizerState === "fp32"
      ? []
      : [`the optimizer keeps ${megabytes.toFixed(1)} MB, ${perWeight.toFixed(2)} bytes a weight`]),
  ];
}
