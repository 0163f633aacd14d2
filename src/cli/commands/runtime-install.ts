import { type RuntimeInstallOptions, runtimeInstallRows } from "../../workflows/options-runtime.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { visibleText } from "../terminal/index.js";

/** `tsugiki runtime install openvino`: its libraries, by Python's package manager, into the cache. */
export const runtimeInstallCommand: Command<RuntimeInstallOptions> = {
  name: "runtime install",
  summary: "fetch the libraries of a runtime into the cache",
  options: runtimeInstallRows,
  examples: ["runtime install openvino", "runtime install openvino --folder /opt/openvino"],
  async run(options, { reporter }) {
    const { installRuntime } = await import("../../workflows/install-runtime.js");
    const { folder, version } = await installRuntime(options, (line) => reporter.line(line));
    reporter.section("installed", [[`openvino ${version}`, visibleText(folder)]]);
    reporter.section("next", ["npx tsugiki fine-tune --runtime openvino ..."]);
    return exitCodes.done;
  },
};
