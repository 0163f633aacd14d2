import { choice, integer, text } from "./options-kinds.js";
import type { PretrainOptions } from "./options-pretrain.js";
import { rowsOfKnownModel } from "./options-pretrain-rows.js";
import { type OptionTable, optionTable } from "./options-row.js";
import { type ModelOptions, modelSpecs } from "./options-shared.js";

/** What becomes of a vocabulary when a model goes on with other texts. */
export type VocabularyChange = "keep" | "extend" | "retrain";

/** Everything that can be set about going on to pre-train a model on the texts of a domain. */
export interface AdaptOptions
  extends Omit<PretrainOptions, "architecture" | "tokenizer">,
    Pick<ModelOptions, "model"> {
  /** Of replaced-token detection: the generator that goes on beside the model, a directory or Hub name. Default: the
   *  folder `generator` in the model's, or else a new one; a new one too where `generatorShare` is given. */
  generator?: string;
  /** Keep the vocabulary, put pieces learnt from the texts behind it, or learn one of the same size anew. Default `keep`. */
  vocabulary?: VocabularyChange;
  /** How many pieces are learnt at most where the vocabulary is extended. Default 1000. */
  newPieces?: number;
  /** How often a new piece must occur in the texts. Default 10. */
  minFrequency?: number;
}

/** What is done where nothing is said. */
export const adaptDefaults: Required<Pick<AdaptOptions, "vocabulary" | "newPieces" | "minFrequency">> = {
  vocabulary: "keep",
  newPieces: 1000,
  minFrequency: 10,
};

type OwnKey = "model" | "generator" | "vocabulary" | "newPieces" | "minFrequency";

const ownRows: OptionTable<Pick<AdaptOptions, OwnKey>> = optionTable<Pick<AdaptOptions, OwnKey>>({
  model: modelSpecs.model,
  generator: {
    group: "Model",
    help: "replaced tokens: the generator that goes on beside the model, a directory or Hub name",
    kind: text("MODEL", "a model directory or a name on the Hub"),
    defaultText:
      "'generator' in the model's folder; a new one where it has none or --generator-share is given",
  },
  vocabulary: {
    group: "Model",
    help: "keep its vocabulary; extend it by pieces learnt from the texts; or retrain one of the same size from them",
    kind: choice(["keep", "extend", "retrain"]),
    default: adaptDefaults.vocabulary,
  },
  newPieces: {
    group: "Model",
    help: "with --vocabulary extend: learn so many pieces at most",
    kind: integer({ from: 1 }),
    default: adaptDefaults.newPieces,
  },
  minFrequency: {
    group: "Model",
    help: "with --vocabulary extend: a new piece occurs at least so often in the texts",
    kind: integer({ from: 1 }),
    default: adaptDefaults.minFrequency,
  },
});

/** The options of adapting: one row for each key of `AdaptOptions`. */
export const adaptRows: OptionTable<AdaptOptions> = rowsOfKnownModel(ownRows, { outputDirectory: "adapted" });
