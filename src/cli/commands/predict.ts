import { OptionError } from "../../base/index.js";
import { type PredictOptions, predictRows, readInput } from "../../workflows/options.js";
import type { Command, InputStream } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { predictionTable } from "../prediction-table.js";
import { renderRun } from "../run-rendering.js";
import { readLines } from "../standard-input.js";
import { colors, countText, tableText, visibleText } from "../terminal/index.js";

/** `tsugiki predict`: a table for people, with --json a line of JSON for each input. */
export const predictCommand: Command<PredictOptions> = {
  name: "predict",
  summary: "use a model on texts or a file of rows",
  options: predictRows,
  examples: [
    'predict --model my-model "the first text" "the second"',
    "predict --model my-model --file rows.jsonl --output-file predictions.jsonl",
    `predict --model reader '{"question": "Who wrote it?", "context": "It was written by Soseki."}'`,
    "predict --model my-model --json < texts.txt",
  ],
  printsResult: true,
  async run(options, { reporter, json, output, input, color, signal, clock }) {
    const { predict } = await import("../../workflows/predict.js");
    const given = options.inputs === undefined && options.file === undefined ? await readInputs(input) : {};
    const { progress, note } = renderRun(reporter, clock, { evaluate: "prediction" }).events;
    const result = await predict(
      { ...options, ...given },
      { events: { progress: progress!, note: note! }, signal },
    );
    reporter.close();
    if (json) for (const prediction of result.predictions) output.write(`${JSON.stringify(prediction)}\n`);
    else if (result.outputFile === undefined) {
      const [head = "", ...rows] = tableText(predictionTable(result.predictions));
      output.write(`${[colors(color).dim(head), ...rows].join("\n")}\n`);
    }
    const truncated = result.predictions.filter((prediction) => prediction["truncated"] === true).length;
    if (truncated > 0)
      reporter.warning(
        `${countText(truncated)} of ${countText(result.predictions.length)} inputs were truncated`,
      );
    if (result.outputFile !== undefined)
      reporter.section("saved", [
        [visibleText(result.outputFile), `${countText(result.predictions.length)} predictions`],
      ]);
    return exitCodes.done;
  },
};

async function readInputs(input: InputStream): Promise<Pick<PredictOptions, "inputs">> {
  // nobody waits for a person to type
  const lines = input.isTTY === true ? [] : await readLines(input);
  if (lines.length > 0) return { inputs: lines.map(readInput) };
  throw new OptionError("expected texts to predict, got none", {
    hint: 'give them as words ("a text"), as --file rows.jsonl, or as lines of standard input',
  });
}
