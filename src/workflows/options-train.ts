import type { FineTuneOptions } from "./options-fine-tune.js";
import { fineTuneRows } from "./options-fine-tune-rows.js";
import { file, text } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";

/** Options of fine-tuning that say nothing about a model without weights. */
type FineTuningOnly =
  | ("model" | "newTokens" | "freeze" | "freezeLayers" | "layerRateDecay")
  | ("loraRank" | "loraAlpha" | "loraDropout" | "loraTargets");

/** Everything that can be set about training from scratch: the options of fine-tuning, but for those of a model
 *  that is there already. */
export interface TrainOptions extends Omit<FineTuneOptions, FineTuningOnly | "tokenizer"> {
  /** A file in the form of config.json: the kind of model and its sizes. */
  architecture: string;
  /** The directory, file or Hub name of the tokenizer. */
  tokenizer: string;
}

const absent: Readonly<Record<FineTuningOnly | "tokenizer", true>> = {
  ...{ model: true, newTokens: true, freeze: true, freezeLayers: true, layerRateDecay: true },
  ...{ loraRank: true, loraAlpha: true, loraDropout: true, loraTargets: true },
  tokenizer: true,
};

const ownRows: OptionTable<Pick<TrainOptions, "architecture" | "tokenizer">> = optionTable<
  Pick<TrainOptions, "architecture" | "tokenizer">
>({
  architecture: {
    group: "Model",
    help: "a file in the form of config.json: the kind of model and its sizes",
    kind: file(),
    short: "a",
    aliases: ["config_name", "model_config"],
    required: true,
  },
  tokenizer: {
    group: "Model",
    help: "directory, file or Hub name of the tokenizer",
    kind: text("TOKENIZER", "a tokenizer directory or file, or a name on the Hub"),
    aliases: ["tokenizer_name", "tokenizer_name_or_path", "tokenizer_path"],
    required: true,
  },
});

const [taskRow, ...otherRows] = fineTuneRows.filter(({ key }) => !Object.hasOwn(absent, key));

/** The options of training from scratch. */
export const trainRows: OptionTable<TrainOptions> = [taskRow!, ...ownRows, ...otherRows];
