import { fineTuneDefaults as defaults, type FineTuneOptions } from "./options-fine-tune.js";
import { boolean, choice, either, number, numbersByName } from "./options-kinds.js";
import type { RowSpecs } from "./options-row.js";

/** What counts in the loss, and how much. */
export const lossSpecs: RowSpecs<Pick<FineTuneOptions, "classWeights" | "crf" | "labelSmoothing">> = {
  classWeights: {
    group: "Learning",
    help: "how much each class counts: all the same, inversely to its frequency, or as given",
    kind: either(choice(["none", "balanced"]), numbersByName({ from: 0 })),
    default: defaults.classWeights,
  },
  crf: {
    group: "Learning",
    help: "token-classification: find tags as a whole, each hanging on the one before",
    kind: boolean(),
    default: defaults.crf,
  },
  labelSmoothing: {
    group: "Learning",
    help: "texts to be written: share of the probability wished for all words alike",
    kind: number({ from: 0, below: 1 }),
    aliases: ["label_smoothing_factor"],
    defaultText: "0",
  },
};
