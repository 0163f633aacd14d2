import type { AnyCommand, LazyCommand } from "../command.js";

export type { LazyCommand } from "../command.js";

/** Commands under a word of their own: `tsugiki tokenizer train`. */
export interface CommandGroup {
  readonly summary: string;
  readonly loadGroup: () => Promise<Readonly<Record<string, LazyCommand>>>;
}

/** Commands and groups of them, by name; a word may be both: `tsugiki plan`, `tsugiki plan pretrain`. */
export type Registry = Readonly<Record<string, LazyCommand | CommandGroup | (LazyCommand & CommandGroup)>>;

const lazy = (summary: string, load: () => Promise<AnyCommand>): LazyCommand => ({ summary, load });

/** All commands in the order of `tsugiki --help`: one line each. */
export const commands: Registry = {
  "fine-tune": lazy(
    "train a published model on your own rows",
    async () => (await import("./fine-tune.js")).fineTuneCommand,
  ),
  plan: {
    ...lazy(
      "forecast the memory, time and disk space of a run",
      async () => (await import("./plan.js")).planCommand,
    ),
    loadGroup: async () => (await import("./plan-commands.js")).planCommands,
  },
  train: lazy("train a model from scratch", async () => (await import("./train.js")).trainCommand),
  pretrain: lazy(
    "train a new model on text without labels",
    async () => (await import("./pretrain.js")).pretrainCommand,
  ),
  adapt: lazy(
    "go on pre-training a model on texts of a domain",
    async () => (await import("./adapt.js")).adaptCommand,
  ),
  distill: lazy(
    "teach a smaller model what a larger one knows",
    async () => (await import("./distill.js")).distillCommand,
  ),
  evaluate: lazy(
    "try a model on rows with labels",
    async () => (await import("./evaluate.js")).evaluateCommand,
  ),
  predict: lazy(
    "use a model on texts or a file of rows",
    async () => (await import("./predict.js")).predictCommand,
  ),
  generate: lazy(
    "write texts after prompts: go on, translate, summarise",
    async () => (await import("./generate.js")).generateCommand,
  ),
  score: lazy(
    "how likely texts are: log-probability, perplexity, bits per byte",
    async () => (await import("./score.js")).scoreCommand,
  ),
  embed: lazy("turn texts into vectors", async () => (await import("./embed.js")).embedCommand),
  verify: lazy(
    "compare a checkpoint with stored values, gradients included",
    async () => (await import("./verify.js")).verifyCommand,
  ),
  export: lazy(
    "write a model as ONNX for others to run",
    async () => (await import("./export.js")).exportCommand,
  ),
  attention: lazy(
    "see on a page what each layer and head of a model looks at",
    async () => (await import("./attention.js")).attentionCommand,
  ),
  tokenizer: {
    summary: "train, use, inspect and compare tokenizers",
    loadGroup: async () => (await import("./tokenizer.js")).tokenizerCommands,
  },
  runtime: {
    summary: "install what computes faster",
    loadGroup: async () => (await import("./runtime.js")).runtimeCommands,
  },
  info: lazy(
    "versions, machine, runtimes and devices, to paste into a report",
    async () => (await import("./info.js")).infoCommand,
  ),
};
