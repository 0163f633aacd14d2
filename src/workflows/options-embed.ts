import { type Pooling, poolings } from "../nn/pooling-names.js";
import { boolean, choice, file, integer } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import {
  batchSizeSpec,
  type InferenceOptions,
  inferenceSpecs,
  lengthSpecs,
  type ModelOptions,
  modelSpecs,
  overwriteFileSpec,
  packingSpec,
} from "./options-shared.js";
import { textSpecs } from "./options-tokenizer.js";
import type { TextOptions } from "./text-inputs.js";

/** Everything that can be set about turning texts into vectors. */
export interface EmbedOptions extends ModelOptions, TextOptions, InferenceOptions {
  /** How the vectors of tokens become one. Default: what the model's `1_Pooling` says, else `mean`. */
  pooling?: Pooling;
  /** Vectors of length 1. Default: what the model's `modules.json` says, else true. */
  normalize?: boolean;
  /** The longest input, in tokens; what does not fit is cut off and counted. Default: what the model says. */
  maxLength?: number;
  /** Texts computed together. Default 32. */
  batchSize?: number;
  /** Several texts in a row of at most `maxLength` tokens, so that less padding is computed. Default false. */
  packing?: boolean;
  /** The file that the vectors are written to: .jsonl, .safetensors or .npy. */
  outputFile?: string;
  /** Write over that file where it is there already. Default false. */
  overwrite?: boolean;
}

/** The options of embedding: one row for each key of `EmbedOptions`. */
export const embedRows: OptionTable<EmbedOptions> = optionTable<EmbedOptions>({
  ...modelSpecs,
  ...textSpecs,
  pooling: {
    group: "Vectors",
    help: "how the vectors of tokens become one",
    kind: choice(poolings),
    aliases: ["pooling_mode"],
    defaultText: "what the model says, else mean",
  },
  normalize: {
    group: "Vectors",
    help: "make vectors of length 1",
    kind: boolean(),
    aliases: ["normalize_embeddings"],
    defaultText: "what the model says, else true",
  },
  maxLength: {
    ...lengthSpecs.maxLength,
    kind: integer({ from: 3 }),
    defaultText: "what the model says",
  },
  outputFile: {
    group: "Output",
    help: "write the vectors to this file: .jsonl, .safetensors or .npy",
    kind: file(),
    short: "o",
    aliases: ["output"],
  },
  overwrite: overwriteFileSpec,
  ...inferenceSpecs,
  batchSize: batchSizeSpec,
  packing: packingSpec,
});
