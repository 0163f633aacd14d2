import type { RunForecast } from "../workflows/plan/forecaster.js";
import { bytesText, countText, durationText, largeCountText, type SectionLine } from "./terminal/index.js";

/** A forecast as it is told: one section for each thing that a run takes. */
export function forecastSections(forecast: RunForecast): { title: string; lines: SectionLine[] }[] {
  return [
    { title: "run", lines: runLines(forecast) },
    { title: "memory", lines: memoryLines(forecast) },
    { title: "time", lines: timeLines(forecast) },
    { title: "disk", lines: diskLines(forecast) },
    ...(forecast.fits ? [] : [{ title: "cheaper", lines: cheaperLines(forecast) }]),
  ];
}

function runLines({ sizes, stepsPerEpoch, stepCount, lengths, evaluationCount }: RunForecast): SectionLine[] {
  const { batchSize, accumulationSteps, evaluationBatchSize } = sizes;
  const { shortest, median, longest } = lengths;
  return [
    ["--batch-size", countText(batchSize)],
    ["--accumulation-steps", countText(accumulationSteps)],
    ["--evaluation-batch-size", countText(evaluationBatchSize)],
    ["steps", countText(stepCount), `${countText(stepsPerEpoch)} an epoch`],
    ["evaluations", countText(evaluationCount)],
    ["tokens a row", countText(median), `median; ${countText(shortest)} to ${countText(longest)}`],
  ];
}

function memoryLines({ memory, parameterCount, trainedCount, limit, fits }: RunForecast): SectionLine[] {
  const { start, peak } = memory;
  const parts: readonly [string, number, string?][] = [
    ["program and rows", memory.process],
    ["runtime", memory.runtime],
    ["parameters", memory.parameters, largeCountText(parameterCount)],
    ["gradients", memory.gradients, `${largeCountText(trainedCount)} are trained`],
    [
      "optimizer state",
      memory.optimizerState,
      `${(memory.optimizerState / trainedCount).toFixed(2)} bytes for each of them`,
    ],
    ["largest batch", memory.training, "what its backward pass needs"],
    ["largest evaluation", memory.evaluation],
  ];
  const room = limit === undefined ? "" : fits ? `of ${bytesText(limit)}` : `more than ${bytesText(limit)}`;
  return [
    ...parts.map(([name, bytes, more]) => [name, bytesText(bytes), ...(more === undefined ? [] : [more])]),
    ...(start === peak ? [["reading the weights", bytesText(start)]] : []),
    ["peak, about", bytesText(peak), ...(room === "" ? [] : [room])],
  ];
}

function timeLines({ time }: RunForecast): SectionLine[] {
  if (time === undefined) return ["not measured: the run does not fit into the memory that is free"];
  return [
    ["training", durationText(time.training), `${durationText(time.step)} a step`],
    ["evaluation", durationText(time.evaluation)],
    ["together", durationText(time.total), "without start, checkpoints and texts that are written"],
  ];
}

function diskLines({ disk }: RunForecast): SectionLine[] {
  return [
    ["checkpoints", bytesText(disk.checkpoint * disk.checkpointCount), `${disk.checkpointCount} at once`],
    ["model", bytesText(disk.model)],
    ...(disk.corpus === 0 ? [] : [["corpus", bytesText(disk.corpus), "the text as tokens"]]),
    ["at most", bytesText(disk.peak)],
  ];
}

function cheaperLines({ cheaper }: RunForecast): SectionLine[] {
  return cheaper.map(({ flags, peak }) => [flags, bytesText(peak)]);
}
