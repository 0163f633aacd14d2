import type { LazyCommand } from "../command.js";

/** The commands under `tsugiki plan`, which by itself forecasts a fine-tuning. */
export const planCommands: Readonly<Record<string, LazyCommand>> = {
  train: {
    summary: "forecast the memory, time and disk space of a training from scratch",
    load: async () => (await import("./plan.js")).planTrainCommand,
  },
  pretrain: {
    summary: "forecast the memory, time and disk space of a pre-training",
    load: async () => (await import("./plan.js")).planPretrainCommand,
  },
};
