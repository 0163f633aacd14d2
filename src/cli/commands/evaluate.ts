import { type EvaluateOptions, evaluateRows } from "../../workflows/options.js";
import type { Command } from "../command.js";
import { setLines, setWarnings } from "../data-section.js";
import { exitCodes } from "../exit-codes.js";
import { classTable, metricTable } from "../metric-table.js";
import { renderRun } from "../run-rendering.js";
import { durationText, visibleText } from "../terminal/index.js";

/** `tsugiki evaluate`. */
export const evaluateCommand: Command<EvaluateOptions> = {
  name: "evaluate",
  summary: "try a model on rows with labels",
  options: evaluateRows,
  examples: [
    "evaluate --model my-model --data-file dev.jsonl",
    "evaluate --model my-model --data-file dev.jsonl --output-file predictions.jsonl --json",
  ],
  async run(options, { reporter, json, output, signal, clock }) {
    const { evaluate } = await import("../../workflows/evaluate.js");
    const { events } = renderRun(reporter, clock);
    const result = await evaluate(options, { events, signal });
    if (json) output.write(`${JSON.stringify(result, null, 2)}\n`);
    reporter.section("data", setLines(result.report));
    for (const warning of setWarnings(result.report)) reporter.warning(warning);
    const { classes } = result.evaluation;
    if (classes.length > 0) reporter.table(classTable(classes));
    reporter.table(
      metricTable({ ...(result.loss === undefined ? {} : { loss: result.loss }), ...result.metrics }),
    );
    reporter.line(`in ${durationText(result.seconds)}`);
    if (result.outputFile !== undefined) reporter.section("saved", [visibleText(result.outputFile)]);
    return exitCodes.done;
  },
};
