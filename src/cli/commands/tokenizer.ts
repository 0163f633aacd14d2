import type { AnyCommand } from "../command.js";

/** The commands of `tsugiki tokenizer`, loaded when they are called: one line each. */
export const tokenizerCommands: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<AnyCommand> }>
> = {
  train: {
    summary: "learn a tokenizer from text",
    load: async () => (await import("./tokenizer-train.js")).tokenizerTrainCommand,
  },
  encode: {
    summary: "turn texts into tokens and ids",
    load: async () => (await import("./tokenizer-encode.js")).tokenizerEncodeCommand,
  },
  decode: {
    summary: "turn ids into text",
    load: async () => (await import("./tokenizer-decode.js")).tokenizerDecodeCommand,
  },
  segment: {
    summary: "cut Japanese text into morphemes",
    load: async () => (await import("./tokenizer-segment.js")).tokenizerSegmentCommand,
  },
  inspect: {
    summary: "how a tokenizer suits a text: coverage, unknown words, tokens a word",
    load: async () => (await import("./tokenizer-inspect.js")).tokenizerInspectCommand,
  },
  compare: {
    summary: "several tokenizers on the same text, as a table and a coloured page",
    load: async () => (await import("./tokenizer-compare.js")).tokenizerCompareCommand,
  },
};
