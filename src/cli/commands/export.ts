import { type ExportOptions, exportRows } from "../../workflows/options-export.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { bytesText, countText, visibleText } from "../terminal/index.js";

/** `tsugiki export`: a folder that others run, and how near its numbers are. */
export const exportCommand: Command<ExportOptions> = {
  name: "export",
  summary: "write a model as ONNX for others to run",
  options: exportRows,
  examples: [
    "export --model my-model --output-dir my-model-onnx",
    "export --model my-model --quantize int8 --output-dir my-model-onnx",
    "export --model my-model --quantize int8 --calibration-file texts.txt --output-dir my-model-onnx",
  ],
  async run(options, { reporter, json, output }) {
    const { exportModel } = await import("../../workflows/export-model.js");
    const result = await exportModel(options);
    if (json) output.write(`${JSON.stringify(result, null, 2)}\n`);
    reporter.section("model", [[visibleText(options.model), `${result.description}, ${result.head}`]]);
    reporter.table({
      head: ["file", "size", "largest difference", "of outputs up to", "rows with another class"],
      rows: result.files.map(({ file, bytes, largestDifference, largestOutput, changedRows, rowCount }) => [
        file,
        bytesText(bytes),
        largestDifference.toExponential(1),
        largestOutput.toPrecision(3),
        rowCount === 0 ? "" : `${countText(changedRows)} of ${countText(rowCount)}`,
      ]),
    });
    if (result.calibrationTextCount !== undefined)
      reporter.line(`int8 within ranges measured on ${countText(result.calibrationTextCount)} texts`);
    for (const note of result.notes) reporter.line(visibleText(note));
    reporter.section("saved", [visibleText(result.outputDirectory)]);
    return exitCodes.done;
  },
};
