// The Transformer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762), to be trained from scratch: an encoder and
// a decoder, with sinusoidal or learned positions, norms after each part as in the paper or in front of it
// (Xiong et al. 2020, https://arxiv.org/abs/2002.04745), and one table of words or one a side.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { type BartForm, bartArchitecture, bartNetwork, readBartConfig } from "./bart-layout.js";
import { configReader } from "./config.js";
import type { Architecture } from "./model.js";

const relative = {
  modelType: "transformer",
  form: formOf("sinusoidal", false),
  defaults: { paddingId: 0, startId: 0, endId: 1 },
  classNames: [
    ["none", "TransformerModel"],
    ["sequence-to-sequence", "TransformerForConditionalGeneration"],
    ["sequence-classification", "TransformerForSequenceClassification"],
    ["span-extraction", "TransformerForQuestionAnswering"],
  ],
} as const;

export const transformer: Architecture = {
  ...bartArchitecture(relative),
  readConfig(json, place) {
    const read = configReader(json, place);
    const positions = read.string("position_embedding_type", "sinusoidal");
    if (positions !== "sinusoidal" && positions !== "learned")
      throw new FileError(
        place,
        `position_embedding_type: expected "sinusoidal" or "learned", got "${positions}"`,
      );
    const form = formOf(positions, read.boolean("norm_first", false));
    return bartNetwork(readBartConfig(withDefaults(json, place), place, form, relative.defaults), form);
  },
};

function formOf(positions: BartForm["positions"], normFirst: boolean): BartForm {
  return {
    name: "Transformer",
    normFirst,
    normsEmbeddings: false,
    positions,
    positionOffset: 0,
    hasLogitsBias: false,
  };
}

/**
 * What config.json leaves out is as in the paper's base model. New weights have variance 1 / d_model, words are scaled
 * up by its root. A text begins with the token that pads, as in Marian.
 */
function withDefaults(json: JsonObject, place: string): JsonObject {
  const read = configReader(json, place);
  const hiddenSize = read.integer("d_model", 512);
  const paper = {
    d_model: hiddenSize,
    ...{ encoder_layers: 6, decoder_layers: 6, encoder_attention_heads: 8, decoder_attention_heads: 8 },
    ...{ encoder_ffn_dim: 4 * hiddenSize, decoder_ffn_dim: 4 * hiddenSize, activation_function: "relu" },
    ...{ scale_embedding: true, init_std: hiddenSize ** -0.5, max_position_embeddings: 512 },
    decoder_start_token_id: read.number("pad_token_id", relative.defaults.paddingId),
  };
  return { ...paper, ...json };
}
