import { boolean, choice, file, folder, several } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import { type ModelOptions, modelSpecs } from "./options-shared.js";
import { textSpecs } from "./options-tokenizer.js";

/** Everything that can be set about writing a model for others to run. */
export interface ExportOptions extends ModelOptions {
  /** What is written. Default `onnx`. */
  format?: "onnx";
  /** Also write matrices and tables as 8-bit integers, in `onnx/*_quantized.onnx`. Default `none`. */
  quantize?: "none" | "int8";
  /**
   * Files, or patterns that name files, of texts like those that the model is for, one a line or row: on 256 of them it
   * is measured where the rows lie that are multiplied, so that the quantised model need not look (static quantisation).
   * Default: each batch is looked at as it comes (dynamic quantisation).
   */
  calibrationFiles?: string[];
  /** The column of their rows that holds the text. Default `text`. */
  textColumn?: string;
  /** The column that holds the second text of a pair. Default `pair`. */
  pairColumn?: string;
  /** The folder that is written. */
  outputDirectory: string;
  /** Write over a folder that is there already. Default false. */
  overwrite?: boolean;
}

/** The options of exporting: one row for each key of `ExportOptions`. */
export const exportRows: OptionTable<ExportOptions> = optionTable<ExportOptions>({
  ...modelSpecs,
  format: { group: "Output", help: "what is written", kind: choice(["onnx"]), default: "onnx" },
  quantize: {
    group: "Output",
    help: "write matrices and tables as 8-bit integers, too: onnx/*_quantized.onnx",
    kind: choice(["none", "int8"]),
    default: "none",
  },
  calibrationFiles: {
    group: "Calibration",
    help: "texts like those that the model is for, one a line or row: ranges are measured on 256 of them, not anew in each run, which OpenVINO needs to be fast",
    kind: several(file("FILE|GLOB")),
    flag: "calibration-file",
    aliases: ["calibration_data"],
    defaultText: "ranges are found as texts come",
  },
  textColumn: { ...textSpecs.textColumn, group: "Calibration" },
  pairColumn: { ...textSpecs.pairColumn, group: "Calibration" },
  outputDirectory: {
    group: "Output",
    help: "the folder that is written; ONNX Runtime and transformers.js load it as it is",
    kind: folder(),
    short: "o",
    flag: "output-dir",
    required: true,
  },
  overwrite: {
    group: "Output",
    help: "write over a folder that is there already",
    kind: boolean(),
    default: false,
  },
});
