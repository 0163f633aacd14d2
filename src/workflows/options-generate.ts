import { type GenerationOptions, generationSpecs } from "./options-generation.js";
import { boolean, file, integer, text } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import {
  batchSizeSpec,
  type InferenceOptions,
  inferenceSpecs,
  type ModelOptions,
  modelSpecs,
} from "./options-shared.js";
import { textSpecs } from "./options-tokenizer.js";
import type { TextOptions } from "./text-inputs.js";

/** How a prompt is made of what is given. */
export interface PromptOptions {
  /** Put before each text. Default: what config.json says (`source_prefix`, `prefix`, or that of `task`). */
  prefix?: string;
  /** The form of an example, with the names of columns in braces; ends with what is to be written. */
  template?: string;
  /** A file of rows that the prompt shows as examples. */
  examples?: string;
  /** Show only so many of them, the first ones. Default: all. */
  exampleCount?: number;
  /** What stands between examples, and ends what is written. Default: an empty line. */
  separator?: string;
}

/** Everything that can be set about writing texts. */
export interface GenerateOptions
  extends ModelOptions,
    Omit<TextOptions, "pairColumn">,
    PromptOptions,
    GenerationOptions,
    InferenceOptions {
  /** One of the tasks that config.json has a prefix and settings for (`task_specific_params`), as that of T5. */
  task?: string;
  /** Take each file, or standard input, as one prompt with all its lines. Default false. */
  wholeFiles?: boolean;
  /** Prompts computed together. Default 8. */
  batchSize?: number;
}

/** The options of generation: one row for each key of `GenerateOptions`. */
export const generateRows: OptionTable<GenerateOptions> = optionTable<GenerateOptions>({
  ...modelSpecs,
  texts: {
    ...textSpecs.texts,
    help: "what is gone on with, or translated, or summarised",
    flag: "prompt",
    short: "p",
    aliases: ["text", "texts", "input"],
  },
  files: {
    ...textSpecs.files,
    help: "files or quoted patterns ('**/*.txt'), one prompt a line or row; JSONL, CSV, TSV, Parquet; also .gz",
  },
  jsonl: { ...textSpecs.jsonl, help: 'lines are JSON: a string, or {"text": ...}' },
  textColumn: textSpecs.textColumn,
  wholeFiles: {
    group: "Data",
    help: "a file, or standard input, is one prompt with all its lines",
    kind: boolean(),
    flag: "whole-file",
    aliases: ["whole_files"],
    default: false,
  },
  prefix: {
    group: "Prompt",
    help: "put before each text",
    kind: text("TEXT", "a text"),
    aliases: ["source_prefix"],
    defaultText: "what config.json says",
  },
  task: {
    group: "Prompt",
    help: "take the prefix and the settings that config.json has for a task, as T5's for summarization",
    kind: text("NAME", "the name of a task"),
  },
  template: {
    group: "Prompt",
    help: "the form of an example: 'Q: {question}\\nA: {answer}'; what comes last is to be written",
    kind: text("TEXT", "a text with names in braces"),
    defaultText: "'Input: {...}\\nOutput: {...}' where there are examples of two columns",
  },
  examples: {
    group: "Prompt",
    help: "rows that each prompt shows as examples: JSONL, JSON, CSV, TSV or Parquet, also .gz",
    kind: file(),
    aliases: ["few_shot_file"],
  },
  exampleCount: {
    group: "Prompt",
    help: "show only so many examples, the first ones",
    kind: integer({ from: 0 }),
    aliases: ["num_fewshot", "shots"],
    defaultText: "all",
  },
  separator: {
    group: "Prompt",
    help: "what stands between examples, and ends what is written",
    kind: text("TEXT", "a text"),
    defaultText: "\\n\\n",
  },
  ...generationSpecs,
  ...inferenceSpecs,
  batchSize: { ...batchSizeSpec, help: "prompts computed together", default: 8 },
});
