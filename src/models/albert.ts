// ALBERT (Lan et al. 2019, https://arxiv.org/abs/1909.11942): BERT whose layers share their parameters in groups,
// over narrower embeddings; instead of whether a sentence follows, it learns in which order two sentences stood.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { tanh, type Value } from "../engine/index.js";
import { dropout, inputEmbeddings, linear, transformerLayer, vocabularyHead } from "../nn/index.js";
import {
  type BertConfig,
  bertOverrides,
  olderBertNames,
  outputTable,
  readBertConfig,
} from "./bert-layout.js";
import { configReader } from "./config.js";
import {
  buildEncoder,
  type EncoderParts,
  type HeadBuilders,
  labelHeads,
  placed,
  wordLogits,
} from "./encoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

interface AlbertConfig extends BertConfig {
  /** How many groups of layers have parameters of their own, and how many layers a group has. */
  readonly groupCount: number;
  readonly groupSize: number;
}

export const albert: Architecture = {
  modelType: "albert",
  classNames: new Map<Head, string>([
    ["none", "AlbertModel"],
    ["pre-training", "AlbertForPreTraining"],
    ["masked-lm", "AlbertForMaskedLM"],
    ["sequence-classification", "AlbertForSequenceClassification"],
    ["token-classification", "AlbertForTokenClassification"],
    ["span-extraction", "AlbertForQuestionAnswering"],
    ["multiple-choice", "AlbertForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "albert.",
    modules: [
      ["embeddings.word", "embeddings.word_embeddings"],
      ["embeddings.position", "embeddings.position_embeddings"],
      ["embeddings.segment", "embeddings.token_type_embeddings"],
      ["embeddings.norm", "embeddings.LayerNorm"],
      ["embeddings.projection", "encoder.embedding_hidden_mapping_in"],
      ...(
        [
          ["attention.query", "attention.query"],
          ["attention.key", "attention.key"],
          ["attention.value", "attention.value"],
          ["attention.output", "attention.dense"],
          ["attention.norm", "attention.LayerNorm"],
          ["feedForward.inner", "ffn"],
          ["feedForward.outer", "ffn_output"],
          ["feedForward.norm", "full_layer_layer_norm"],
        ] as const
      ).map(
        ([own, foreign]) =>
          [
            `groups.{n}.members.{n}.${own}`,
            `encoder.albert_layer_groups.{n}.albert_layers.{n}.${foreign}`,
          ] as const,
      ),
      ["pooler", "pooler"],
    ],
    heads: [
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
      ["prediction.transform", "predictions.dense"],
      ["prediction.norm", "predictions.LayerNorm"],
      ["prediction", "predictions"],
      ["sentenceOrder", "sop_classifier.classifier"],
    ],
    older: olderBertNames,
  }),
  wordEmbeddings: "embeddings.word.weight",
  outputNames: { relationshipLogits: "sop_logits" },
  overrides(changes) {
    const { classifier_dropout: rate, ...others } = bertOverrides(changes);
    return { ...others, ...(rate === undefined ? {} : { classifier_dropout_prob: rate }) };
  },
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      packs: true,
      description: `ALBERT, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) => buildEncoder(parts(config), ...asked),
    };
  },
};

function readConfig(json: JsonObject, place: string): AlbertConfig {
  const read = configReader(json, place);
  const defaults = { hidden_act: "gelu_new", hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
  const config = {
    ...readBertConfig({ ...defaults, ...json }, place),
    embeddingSize: read.integer("embedding_size", 128),
    classifierDropout: read.number("classifier_dropout_prob", 0.1),
    groupCount: read.integer("num_hidden_groups", 1),
    groupSize: read.integer("inner_group_num", 1),
  };
  if (config.groupCount > config.layerCount)
    throw new FileError(
      place,
      `num_hidden_groups: expected at most num_hidden_layers (${config.layerCount}), got ${config.groupCount}`,
    );
  return config;
}

function parts(config: AlbertConfig): EncoderParts {
  const { hiddenSize, layerCount, groupCount, groupSize, initialDeviation } = config;
  const layerOptions = { ...config, feedForwardDropout: 0 };
  return {
    name: "ALBERT",
    hiddenSize,
    layerCount: layerCount * groupSize,
    embed(inputs, mode) {
      const rows = inputEmbeddings(placed(inputs), "embeddings", config, mode);
      return linear(rows, "embeddings.projection", hiddenSize, initialDeviation);
    },
    layer(index, inputs, mode) {
      const group = Math.floor((Math.floor(index / groupSize) * groupCount) / layerCount);
      return transformerLayer(inputs, `groups.${group}.members.${index % groupSize}`, layerOptions, mode);
    },
    heads: heads(config),
  };
}

function heads(config: AlbertConfig): HeadBuilders {
  const { hiddenSize, classifierDropout, initialDeviation: deviation } = config;
  const pooler = (first: Value): Value => tanh(linear(first, "pooler", hiddenSize, deviation)); // [batch, hidden]
  const words = (rows: Value): Value => vocabularyHead(rows, "prediction", outputTable(config), config);
  return {
    none: ({ lastHidden, first }) => ({ lastHidden, pooled: pooler(first()) }),
    "pre-training"(head) {
      const pooled = dropout(pooler(head.first()), classifierDropout, head.mode);
      return {
        predictionLogits: wordLogits(head, words),
        relationshipLogits: linear(pooled, "sentenceOrder", 2, deviation),
      };
    },
    "masked-lm": (head) => ({ logits: wordLogits(head, words) }),
    ...labelHeads({
      ...config,
      summary: (first, mode) => dropout(pooler(first), classifierDropout, mode),
    }),
  };
}
