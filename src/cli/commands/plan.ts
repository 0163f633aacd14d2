import type { PlanOptions } from "../../workflows/options-plan.js";
import { planRows } from "../../workflows/options-plan.js";
import type { Command } from "../command.js";
import { forecastSections } from "../forecast-text.js";
import { renderRun } from "../run-rendering.js";

/** `tsugiki plan`. */
export const planCommand: Command<PlanOptions> = {
  name: "plan",
  summary: "forecast the memory, time and disk space of a fine-tuning",
  options: planRows,
  examples: [
    "plan --model rootstocks/ja-mini --train-file areas.jsonl --validation-file dev.jsonl",
    "plan --model my-bert --train-file rows.csv --validation-split 0.1 --epochs 5 --memory 4GB",
  ],
  async run(options, { reporter, json, output, clock, signal }) {
    const { forecastRun } = await import("../../workflows/plan/forecast-run.js");
    const { events } = renderRun(reporter, clock);
    const forecast = await forecastRun(options, { events, signal });
    if (json) output.write(`${JSON.stringify(forecast, null, 2)}\n`);
    for (const { title, lines } of forecastSections(forecast)) reporter.section(title, lines);
    return undefined;
  },
};
