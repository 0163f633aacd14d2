import { boolean, choice, folder } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import { type ModelOptions, modelSpecs } from "./options-shared.js";

/** Everything that can be set about writing a model for others to run. */
export interface ExportOptions extends ModelOptions {
  /** What is written. Default `onnx`. */
  format?: "onnx";
  /** Also write matrices and tables as 8-bit integers, as `onnx/model_quantized.onnx`. Default `none`. */
  quantize?: "none" | "int8";
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
    help: "write matrices and tables as 8-bit integers, too: onnx/model_quantized.onnx",
    kind: choice(["none", "int8"]),
    default: "none",
  },
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
