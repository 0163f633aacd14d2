import type { LazyCommand } from "../command.js";

/** The commands of `tsugiki runtime`, loaded when they are called: one line each. */
export const runtimeCommands: Readonly<Record<string, LazyCommand>> = {
  install: {
    summary: "fetch the libraries of a runtime into the cache",
    load: async () => (await import("./runtime-install.js")).runtimeInstallCommand,
  },
};
