import type { RunContext } from "../../workflows/events.js";
import {
  type PlanOptions,
  type PlanPretrainOptions,
  type PlanTrainOptions,
  planPretrainRows,
  planRows,
  planTrainRows,
} from "../../workflows/options-plan.js";
import type { RunForecast } from "../../workflows/plan/forecaster.js";
import type { Command } from "../command.js";
import { forecastSections } from "../forecast-text.js";
import { renderRun } from "../run-rendering.js";

/** `tsugiki plan`. */
export const planCommand: Command<PlanOptions> = {
  name: "plan",
  summary: "forecast the memory, time and disk space of a fine-tuning; of others: plan train, plan pretrain",
  options: planRows,
  examples: [
    "plan --model rootstocks/ja-small --train-file areas.jsonl --validation-file dev.jsonl",
    "plan --model my-bert --train-file rows.csv --validation-split 0.1 --epochs 5 --memory 4GB",
    "plan pretrain --help",
  ],
  run: told(async (options, context) => {
    const { forecastRun } = await import("../../workflows/plan/forecast-run.js");
    return forecastRun(options, context);
  }),
};

/** `tsugiki plan train`. */
export const planTrainCommand: Command<PlanTrainOptions> = {
  name: "plan train",
  summary: "forecast the memory, time and disk space of a training from scratch",
  options: planTrainRows,
  examples: [
    "plan train --task language-modelling --architecture gpt2-small.json --tokenizer my-tokenizer --train-file text.txt",
  ],
  run: told(async (options, context) => {
    const { forecastTraining } = await import("../../workflows/plan/forecast-run.js");
    return forecastTraining(options, context);
  }),
};

/** `tsugiki plan pretrain`. */
export const planPretrainCommand: Command<PlanPretrainOptions> = {
  name: "plan pretrain",
  summary: "forecast the memory, time and disk space of a pre-training",
  options: planPretrainRows,
  examples: [
    "plan pretrain --architecture bert-mini --tokenizer my-tokenizer --train-file 'texts/*.txt' --memory 8GB",
  ],
  run: told(async (options, context) => {
    const { forecastPretraining } = await import("../../workflows/plan/forecast-pretraining.js");
    return forecastPretraining(options, context);
  }),
};

/** Make a forecast, and tell it. */
function told<Options>(
  forecast: (options: Options, context: RunContext) => Promise<RunForecast>,
): Command<Options>["run"] {
  return async (options, { reporter, json, output, clock, signal }) => {
    const { events } = renderRun(reporter, clock);
    const result = await forecast(options, { events, signal });
    if (json) output.write(`${JSON.stringify(result, null, 2)}\n`);
    for (const { title, lines } of forecastSections(result)) reporter.section(title, lines);
    return undefined;
  };
}
