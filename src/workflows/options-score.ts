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

/** Everything that can be set about finding out how likely texts are. */
export interface ScoreOptions extends ModelOptions, TextOptions, InferenceOptions {
  /** Texts computed together. Default 8. */
  batchSize?: number;
}

/** The options of scoring: one row for each key of `ScoreOptions`. */
export const scoreRows: OptionTable<ScoreOptions> = optionTable<ScoreOptions>({
  ...modelSpecs,
  ...textSpecs,
  pairColumn: {
    ...textSpecs.pairColumn,
    help: "encoder-decoder: the column that holds what is written; the text is its source",
  },
  ...inferenceSpecs,
  batchSize: { ...batchSizeSpec, help: "texts computed together", default: 8 },
});
