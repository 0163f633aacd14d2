import type { FineTuneOptions } from "./options-fine-tune.js";
import { fineTuneRows } from "./options-fine-tune-rows.js";
import { byteCount } from "./options-kinds.js";
import type { PretrainOptions } from "./options-pretrain.js";
import { pretrainRows } from "./options-pretrain-rows.js";
import { type OptionTable, optionTable } from "./options-row.js";
import { type TrainOptions, trainRows } from "./options-train.js";

/** What a run may take. */
interface ForecastLimits {
  /** The most memory, in bytes; batch size and accumulation are chosen to fit. Default: no limit. */
  memory?: number;
}

/** Everything that can be set about a forecast: what a fine-tuning is given, and what it may take. */
export interface PlanOptions extends FineTuneOptions, ForecastLimits {}

/** The same of a training from scratch. */
export interface PlanTrainOptions extends TrainOptions, ForecastLimits {}

/** The same of a pre-training. */
export interface PlanPretrainOptions extends PretrainOptions, ForecastLimits {}

const ownRows: OptionTable<ForecastLimits> = optionTable<ForecastLimits>({
  memory: {
    group: "Plan",
    help: "choose batch size and accumulation, with the same effect, to fit into so much memory",
    kind: byteCount(),
    defaultText: "no limit",
  },
});

/** The options of a forecast: those of fine-tuning, and `--memory`. */
export const planRows: OptionTable<PlanOptions> = [...ownRows, ...fineTuneRows];

/** Those of training from scratch, and `--memory`. */
export const planTrainRows: OptionTable<PlanTrainOptions> = [...ownRows, ...trainRows];

/** Those of pre-training, and `--memory`. */
export const planPretrainRows: OptionTable<PlanPretrainOptions> = [...ownRows, ...pretrainRows];
