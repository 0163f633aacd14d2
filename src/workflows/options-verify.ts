import { file, folder } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import { type MachineOptions, machineSpecs, modelSpecs } from "./options-shared.js";

/** Everything that can be set about checking a checkpoint against stored values. */
export interface VerifyOptions extends MachineOptions {
  /** The directory of the checkpoint. */
  model: string;
  /** The directory of stored inputs and values. Default: the model's. */
  golden?: string;
  /** A safetensors file that everything computed is written to, under the names of the golden file. */
  dump?: string;
}

/** The options of verification: one row for each key of `VerifyOptions`. */
export const verifyRows: OptionTable<VerifyOptions> = optionTable<VerifyOptions>({
  model: modelSpecs.model,
  golden: {
    group: "Golden values",
    help: "the directory of stored inputs and values",
    kind: folder(),
    defaultText: "the model's",
  },
  dump: {
    group: "Golden values",
    help: "write everything computed to this safetensors file, under the golden file's names",
    kind: file("FILE.safetensors"),
  },
  ...machineSpecs,
});
