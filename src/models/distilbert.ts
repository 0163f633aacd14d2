// DistilBERT (Sanh et al. 2019, https://arxiv.org/abs/1910.01108): half of BERT's layers, no segments and no pooler.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import type { Value } from "../engine/index.js";
import { dropout, inputEmbeddings, linear, relu, transformerLayer, vocabularyHead } from "../nn/index.js";
import { type BertConfig, olderBertNames, outputTable } from "./bert-layout.js";
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

interface DistilBertConfig extends BertConfig {
  readonly spanDropout: number;
}

export const distilBert: Architecture = {
  modelType: "distilbert",
  classNames: new Map<Head, string>([
    ["none", "DistilBertModel"],
    ["masked-lm", "DistilBertForMaskedLM"],
    ["sequence-classification", "DistilBertForSequenceClassification"],
    ["token-classification", "DistilBertForTokenClassification"],
    ["span-extraction", "DistilBertForQuestionAnswering"],
    ["multiple-choice", "DistilBertForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "distilbert.",
    modules: [
      ["embeddings.word", "embeddings.word_embeddings"],
      ["embeddings.position", "embeddings.position_embeddings"],
      ["embeddings.norm", "embeddings.LayerNorm"],
      ["layers.{n}.attention.query", "transformer.layer.{n}.attention.q_lin"],
      ["layers.{n}.attention.key", "transformer.layer.{n}.attention.k_lin"],
      ["layers.{n}.attention.value", "transformer.layer.{n}.attention.v_lin"],
      ["layers.{n}.attention.output", "transformer.layer.{n}.attention.out_lin"],
      ["layers.{n}.attention.norm", "transformer.layer.{n}.sa_layer_norm"],
      ["layers.{n}.feedForward.inner", "transformer.layer.{n}.ffn.lin1"],
      ["layers.{n}.feedForward.outer", "transformer.layer.{n}.ffn.lin2"],
      ["layers.{n}.feedForward.norm", "transformer.layer.{n}.output_layer_norm"],
    ],
    heads: [
      ["summary", "pre_classifier"],
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
      ["prediction.transform", "vocab_transform"],
      ["prediction.norm", "vocab_layer_norm"],
      ["prediction", "vocab_projector"],
    ],
    older: olderBertNames,
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: ({ vocabularySize, dropout: rate, layerCount }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(layerCount === undefined ? {} : { n_layers: layerCount }),
    ...(rate === undefined
      ? {}
      : { dropout: rate, attention_dropout: rate, seq_classif_dropout: rate, qa_dropout: rate }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      packs: true,
      description: `DistilBERT, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) => buildEncoder(parts(config), ...asked),
    };
  },
};

function readConfig(json: JsonObject, place: string): DistilBertConfig {
  const read = configReader(json, place);
  const [hiddenSize, headCount] = [read.integer("dim"), read.integer("n_heads")];
  if (hiddenSize % headCount !== 0)
    throw new FileError(place, `dim: expected a multiple of n_heads (${headCount}), got ${hiddenSize}`);
  return {
    vocabularySize: read.integer("vocab_size"),
    hiddenSize,
    embeddingSize: hiddenSize,
    layerCount: read.integer("n_layers"),
    headCount,
    feedForwardSize: read.integer("hidden_dim"),
    positionCount: read.integer("max_position_embeddings", 512),
    segmentCount: 0,
    paddingId: read.number("pad_token_id", 0),
    activation: read.string("activation", "gelu"),
    hiddenDropout: read.number("dropout", 0.1),
    attentionDropout: read.number("attention_dropout", 0.1),
    classifierDropout: read.number("seq_classif_dropout", 0.2),
    spanDropout: read.number("qa_dropout", 0.1),
    normEpsilon: 1e-12,
    initialDeviation: read.number("initializer_range", 0.02),
    isDecoder: false,
    isTied: json["tie_word_embeddings"] !== false,
  };
}

function parts(config: DistilBertConfig): EncoderParts {
  // what attention gives is not dropped
  const layerOptions = { ...config, hiddenDropout: 0, feedForwardDropout: config.hiddenDropout };
  return {
    name: "DistilBERT",
    hiddenSize: config.hiddenSize,
    layerCount: config.layerCount,
    embed: (inputs, mode) => inputEmbeddings(placed(inputs), "embeddings", config, mode),
    layer: (index, inputs, mode) => transformerLayer(inputs, `layers.${index}`, layerOptions, mode),
    heads: heads(config),
  };
}

function heads(config: DistilBertConfig): HeadBuilders {
  const { hiddenSize, hiddenDropout, classifierDropout, initialDeviation } = config;
  const words = (rows: Value): Value => vocabularyHead(rows, "prediction", outputTable(config), config);
  return {
    none: ({ lastHidden }) => ({ lastHidden }),
    "masked-lm": (head) => ({ logits: wordLogits(head, words) }),
    ...labelHeads({
      ...config,
      classifierDropout: hiddenDropout,
      summary: (first, mode) =>
        dropout(relu(linear(first, "summary", hiddenSize, initialDeviation)), classifierDropout, mode),
    }),
  };
}
