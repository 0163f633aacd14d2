import { file, integer, several, text } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import {
  type MachineOptions,
  type ModelOptions,
  machineSpecs,
  modelSpecs,
  overwriteFileSpec,
} from "./options-shared.js";

/** Everything that can be set about looking at attention. */
export interface AttentionOptions extends ModelOptions, MachineOptions {
  /** The text that the model reads, or two that it reads together. */
  texts: string[];
  /** Of an encoder-decoder: what the decoder reads. */
  target?: string;
  /** The longest input, in tokens. Default: what the model takes, at most 128. */
  maxLength?: number;
  /** The page that is written, or the picture (`.svg`). */
  outputFile: string;
  /** Write over that file where it is there already. Default false. */
  overwrite?: boolean;
}

/** The options of looking at attention: one row for each key of `AttentionOptions`. */
export const attentionRows: OptionTable<AttentionOptions> = optionTable<AttentionOptions>({
  ...modelSpecs,
  texts: {
    group: "Text",
    help: "the text that the model reads, or two that it reads together",
    kind: several(text("TEXT", "a text")),
    flag: "text",
    required: true,
    positional: true,
  },
  target: {
    group: "Text",
    help: "of an encoder-decoder: the text that its decoder reads",
    kind: text("TEXT", "a text"),
  },
  maxLength: {
    group: "Text",
    help: "the longest input, in tokens",
    kind: integer({ from: 3 }),
    aliases: ["max_seq_length"],
    defaultText: "what the model takes, at most 128",
  },
  outputFile: {
    group: "Output",
    help: "the HTML page that is written; it holds all it needs; a .svg is a picture of the mean of all heads",
    kind: file(),
    short: "o",
    aliases: ["output"],
    required: true,
  },
  overwrite: overwriteFileSpec,
  ...machineSpecs,
});
