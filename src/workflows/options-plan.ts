import type { FineTuneOptions } from "./options-fine-tune.js";
import { fineTuneRows } from "./options-fine-tune-rows.js";
import { byteCount } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";

/** Everything that can be set about a forecast: what a fine-tuning is given, and what it may take. */
export interface PlanOptions extends FineTuneOptions {
  /** The most memory, in bytes; batch size and accumulation are chosen to fit. Default: no limit. */
  memory?: number;
}

const ownRows: OptionTable<Pick<PlanOptions, "memory">> = optionTable<Pick<PlanOptions, "memory">>({
  memory: {
    group: "Plan",
    help: "choose batch size and accumulation, with the same effect, to fit into so much memory",
    kind: byteCount(),
    defaultText: "no limit",
  },
});

/** The options of a forecast: those of fine-tuning, and `--memory`. */
export const planRows: OptionTable<PlanOptions> = [...ownRows, ...fineTuneRows];
