import { type DecisionOptions, decisionSpecs } from "./options-decision.js";
import { file, integer } from "./options-kinds.js";
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

/** Everything that can be set about trying a model on rows with labels. */
export interface EvaluateOptions
  extends ModelOptions,
    ColumnOptions,
    LengthOptions,
    DecisionOptions,
    InferenceOptions {
  /** The file of rows. */
  data: string;
  /** Use only so many rows, the first ones. Default: all. */
  maxExamples?: number;
  /** Rows computed together. Default 32. */
  batchSize?: number;
  /** Several texts in a row of at most `maxLength` tokens, so that less padding is computed. Default false. */
  packing?: boolean;
  /** The file that predictions are written to, with probabilities. */
  outputFile?: string;
  /** Write over that file where it is there already. Default false. */
  overwrite?: boolean;
}

/** The options of evaluation: one row for each key of `EvaluateOptions`. */
export const evaluateRows: OptionTable<EvaluateOptions> = optionTable<EvaluateOptions>({
  ...modelSpecs,
  data: {
    group: "Data",
    help: "rows with labels: JSONL, JSON, CSV, TSV, CoNLL, SQuAD JSON or Parquet, also .gz",
    kind: file(),
    flag: "data-file",
    short: "d",
    aliases: ["file", "test_file", "validation_file", "eval_file", "dev_file", "predict_file"],
    required: true,
  },
  maxExamples: {
    group: "Data",
    help: "use only so many rows",
    kind: integer({ from: 1 }),
    aliases: ["max_eval_samples", "max_predict_samples", "max_test_samples"],
    defaultText: "all",
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
