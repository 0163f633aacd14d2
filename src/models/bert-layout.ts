import { FileError, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import type { Value } from "../engine/index.js";
import { type InputEmbeddingsOptions, type TransformerLayerOptions, wordTable } from "../nn/index.js";
import { configReader } from "./config.js";
import type { ConfigChanges } from "./model.js";

// What BERT and its relatives share at the border: the keys of their config.json, and what the modules of the
// encoder are called in checkpoints.

/** The sizes and settings of an encoder of BERT's form. */
export interface BertConfig extends InputEmbeddingsOptions, TransformerLayerOptions {
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly classifierDropout: number;
  /** Each token sees only those before it. */
  readonly isDecoder: boolean;
  /** The output matrix of a head that predicts words is the table of word embeddings. */
  readonly isTied: boolean;
}

/** Read the keys of config.json that all relatives have; `place` is its path. */
export function readBertConfig(json: JsonObject, place: string): BertConfig {
  const read = configReader(json, place);
  const hiddenSize = read.integer("hidden_size");
  const headCount = read.integer("num_attention_heads");
  const hiddenDropout = read.number("hidden_dropout_prob", 0.1);
  if (hiddenSize % headCount !== 0)
    throw new FileError(
      place,
      `hidden_size: expected a multiple of num_attention_heads (${headCount}), got ${hiddenSize}`,
    );
  const positions = json["position_embedding_type"] ?? "absolute";
  if (positions !== "absolute")
    throw new FileError(place, `position_embedding_type: expected "absolute", got ${String(positions)}`);
  return {
    vocabularySize: read.integer("vocab_size"),
    hiddenSize,
    embeddingSize: hiddenSize,
    layerCount: read.integer("num_hidden_layers"),
    headCount,
    feedForwardSize: read.integer("intermediate_size"),
    positionCount: read.integer("max_position_embeddings", 512),
    segmentCount: read.integer("type_vocab_size", 2),
    paddingId: read.number("pad_token_id", 0),
    activation: read.string("hidden_act", "gelu"),
    hiddenDropout,
    attentionDropout: read.number("attention_probs_dropout_prob", 0.1),
    classifierDropout: read.number("classifier_dropout", hiddenDropout),
    normEpsilon: read.number("layer_norm_eps", 1e-12),
    initialDeviation: read.number("initializer_range", 0.02),
    isDecoder: json["is_decoder"] === true,
    isTied: json["tie_word_embeddings"] !== false,
  };
}

/** Refuse a checkpoint whose tokens see only those before them. */
export function refuseDecoder({ isDecoder }: BertConfig, place: string): void {
  if (!isDecoder) return;
  throw new FileError(place, "is_decoder: this family is supported as an encoder only", {
    hint: "use an encoder checkpoint",
  });
}

/** The output matrix of a head that predicts words. */
export function outputTable(config: BertConfig): Value {
  if (!config.isTied)
    throw new OptionError(
      "tie_word_embeddings: expected an output matrix that is the table of word embeddings",
    );
  return wordTable("embeddings", config);
}

/** What to put over config.json for other settings. */
export function bertOverrides({ vocabularySize, dropout: rate, layerCount }: ConfigChanges): JsonObject {
  return {
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(layerCount === undefined ? {} : { num_hidden_layers: layerCount }),
    ...(rate === undefined
      ? {}
      : { hidden_dropout_prob: rate, attention_probs_dropout_prob: rate, classifier_dropout: rate }),
  };
}

/** The modules of the encoder: our names, and those of checkpoints. */
export const bertModules: readonly (readonly [own: string, foreign: string])[] = [
  ["embeddings.word", "embeddings.word_embeddings"],
  ["embeddings.position", "embeddings.position_embeddings"],
  ["embeddings.segment", "embeddings.token_type_embeddings"],
  ["embeddings.norm", "embeddings.LayerNorm"],
  ["layers.{n}.attention.query", "encoder.layer.{n}.attention.self.query"],
  ["layers.{n}.attention.key", "encoder.layer.{n}.attention.self.key"],
  ["layers.{n}.attention.value", "encoder.layer.{n}.attention.self.value"],
  ["layers.{n}.attention.output", "encoder.layer.{n}.attention.output.dense"],
  ["layers.{n}.attention.norm", "encoder.layer.{n}.attention.output.LayerNorm"],
  ["layers.{n}.feedForward.inner", "encoder.layer.{n}.intermediate.dense"],
  ["layers.{n}.feedForward.outer", "encoder.layer.{n}.output.dense"],
  ["layers.{n}.feedForward.norm", "encoder.layer.{n}.output.LayerNorm"],
];

/** The modules by which a decoder attends to a source. */
export const bertSourceModules: readonly (readonly [own: string, foreign: string])[] = [
  ["layers.{n}.sourceAttention.query", "encoder.layer.{n}.crossattention.self.query"],
  ["layers.{n}.sourceAttention.key", "encoder.layer.{n}.crossattention.self.key"],
  ["layers.{n}.sourceAttention.value", "encoder.layer.{n}.crossattention.self.value"],
  ["layers.{n}.sourceAttention.output", "encoder.layer.{n}.crossattention.output.dense"],
  ["layers.{n}.sourceAttention.norm", "encoder.layer.{n}.crossattention.output.LayerNorm"],
];

/** Names by which older checkpoints call the same thing. */
export const olderBertNames: readonly (readonly [older: string, newer: string])[] = [
  ["LayerNorm.gamma", "LayerNorm.weight"],
  ["LayerNorm.beta", "LayerNorm.bias"],
];
