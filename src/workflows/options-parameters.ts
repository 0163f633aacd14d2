import type { FineTuneOptions } from "./options-fine-tune.js";
import { boolean, choice, either, integer, list, number, text } from "./options-kinds.js";
import type { RowSpecs } from "./options-row.js";

type ParameterKey =
  | "freeze"
  | "freezeLayers"
  | "cacheFeatures"
  | "layerRateDecay"
  | "loraRank"
  | "loraAlpha"
  | "loraDropout"
  | "loraTargets";

/** Which parameters move, and how fast. */
export const parameterSpecs: RowSpecs<Pick<FineTuneOptions, ParameterKey>> = {
  freeze: {
    group: "Parameters",
    help: "parameters that stay as they are, by name in the checkpoint: bert.embeddings, *.layer.0.*",
    kind: list(text("NAME", "a name of parameters")),
    defaultText: "none",
  },
  freezeLayers: {
    group: "Parameters",
    help: "so many layers from below stay as they are, and the embeddings; all trains the head alone",
    kind: either(integer({ from: 0 }), choice(["all"])),
    defaultText: "none",
  },
  cacheFeatures: {
    group: "Parameters",
    help: "compute what lies below the trained parameters once for each text, without dropout, and keep it",
    kind: boolean(),
    default: false,
  },
  layerRateDecay: {
    group: "Parameters",
    help: "each layer learns at this share of the rate of the one above it",
    kind: number({ above: 0, to: 1 }),
    aliases: ["layerwise_learning_rate_decay", "llrd"],
    defaultText: "1",
  },
  loraRank: {
    group: "Parameters",
    help: "train narrow matrices of this width beside those of the model, which stay as they are (LoRA)",
    kind: integer({ from: 1 }),
    aliases: ["lora_r"],
    defaultText: "none",
  },
  loraAlpha: {
    group: "Parameters",
    help: "what their product counts, divided by the rank",
    kind: number({ above: 0 }),
    defaultText: "twice the rank",
  },
  loraDropout: {
    group: "Parameters",
    help: "share of their inputs that is left out at random",
    kind: number({ from: 0, below: 1 }),
    defaultText: "0",
  },
  loraTargets: {
    group: "Parameters",
    help: "matrices that get them, by the end of their name in the checkpoint: query,value; or all",
    kind: list(text("NAME", "the end of a matrix's name")),
    aliases: ["lora_target_modules", "target_modules"],
    defaultText: "queries and values",
  },
};
