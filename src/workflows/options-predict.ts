import type { JsonObject } from "../base/index.js";
import { type DecisionOptions, decisionSpecs } from "./options-decision.js";
import { file, type OptionKind, several, text } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import {
  batchSizeSpec,
  type ColumnOptions,
  columnSpecs,
  type InferenceOptions,
  inferenceSpecs,
  type LengthOptions,
  lengthSpecs,
  type ModelOptions,
  modelSpecs,
  outputFileSpec,
  overwriteFileSpec,
  packingSpec,
} from "./options-shared.js";

/** One thing to predict: a text, or the fields of the task (`{ question, context }`, `{ text, pair }`). */
export type PredictionInput = string | JsonObject;

/** Everything that can be set about using a model. */
export interface PredictOptions
  extends ModelOptions,
    ColumnOptions,
    LengthOptions,
    DecisionOptions,
    InferenceOptions {
  /** What to predict. */
  inputs?: PredictionInput[];
  /** Or a file of rows. */
  file?: string;
  /** Inputs computed together. Default 32. */
  batchSize?: number;
  /** Several texts in a row of at most `maxLength` tokens, so that less padding is computed. Default false. */
  packing?: boolean;
  /** The file that predictions are written to, with probabilities. */
  outputFile?: string;
  /** Write over that file where it is there already. Default false. */
  overwrite?: boolean;
}

const input: OptionKind<PredictionInput> = {
  ...text("TEXT", "a text, or a JSON object with the fields of the task"),
  read: (given) => {
    if (typeof given === "string") return readInput(given);
    return given !== null && typeof given === "object" && !Array.isArray(given)
      ? (given as JsonObject)
      : undefined;
  },
};

/** The options of prediction: one row for each key of `PredictOptions`. */
export const predictRows: OptionTable<PredictOptions> = optionTable<PredictOptions>({
  ...modelSpecs,
  inputs: {
    group: "Data",
    help: "what to predict: texts, or JSON objects with the task's fields",
    kind: several(input),
    flag: "text",
    aliases: ["texts", "input"],
    defaultText: "the lines of standard input",
    positional: true,
  },
  file: {
    group: "Data",
    help: "rows to predict: JSONL, JSON, CSV, TSV, CoNLL, SQuAD JSON or Parquet, also .gz",
    kind: file(),
    short: "f",
    aliases: ["test_file", "predict_file", "data_file", "validation_file"],
  },
  ...columnSpecs,
  ...lengthSpecs,
  ...decisionSpecs,
  outputFile: outputFileSpec,
  overwrite: overwriteFileSpec,
  ...inferenceSpecs,
  batchSize: batchSizeSpec,
  packing: packingSpec,
});

/** A text as it stands; a line `{...}` that is a JSON object is one. */
export function readInput(line: string): PredictionInput {
  if (!line.startsWith("{")) return line;
  try {
    return JSON.parse(line) as JsonObject;
  } catch {
    return line; // a text may begin with a brace
  }
}
