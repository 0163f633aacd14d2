import { choice, folder } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";

/** Everything that can be set about installing a runtime. */
export interface RuntimeInstallOptions {
  /** Which one. */
  runtime: "openvino";
  /** Where its libraries go. Default: the cache, where they are found. */
  folder?: string;
}

/** The options of installing a runtime: one row for each key of `RuntimeInstallOptions`. */
export const runtimeInstallRows: OptionTable<RuntimeInstallOptions> = optionTable<RuntimeInstallOptions>({
  runtime: {
    group: "Runtime",
    help: "which one",
    kind: choice(["openvino"]),
    required: true,
    positional: true,
  },
  folder: {
    group: "Runtime",
    help: "where its libraries go; elsewhere than in the cache, TSUGIKI_OPENVINO must name them",
    kind: folder(),
    defaultText: "the cache",
  },
});
