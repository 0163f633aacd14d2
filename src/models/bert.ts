// BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805): embeddings, a stack of post-norm transformer
// layers, and the heads of the paper.
import { tanh, type Value } from "../engine/index.js";
import { dropout, inputEmbeddings, linear, postNormLayer, vocabularyHead, wordTable } from "../nn/index.js";
import {
  type BertConfig,
  bertModules,
  bertOverrides,
  olderBertNames,
  readBertConfig,
  refuseDecoder,
} from "./bert-layout.js";
import { buildEncoder, type EncoderParts, type HeadBuilders, labelHeads, wordLogits } from "./encoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

export const bert: Architecture = {
  modelType: "bert",
  classNames: new Map<Head, string>([
    ["none", "BertModel"],
    ["masked-lm", "BertForMaskedLM"],
    ["next-sentence", "BertForNextSentencePrediction"],
    ["pre-training", "BertForPreTraining"],
    ["sequence-classification", "BertForSequenceClassification"],
    ["token-classification", "BertForTokenClassification"],
    ["span-extraction", "BertForQuestionAnswering"],
    ["multiple-choice", "BertForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "bert.",
    modules: [...bertModules, ["pooler", "pooler.dense"]],
    heads: [
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
      ["prediction.transform", "cls.predictions.transform.dense"],
      ["prediction.norm", "cls.predictions.transform.LayerNorm"],
      ["prediction", "cls.predictions"],
      ["nextSentence", "cls.seq_relationship"],
    ],
    older: olderBertNames,
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: bertOverrides,
  readConfig(json, place) {
    const config = readBertConfig(json, place);
    refuseDecoder(config, place);
    const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      description: `BERT, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) => buildEncoder(parts(config), ...asked),
    };
  },
};

function parts(config: BertConfig): EncoderParts {
  return {
    name: "BERT",
    hiddenSize: config.hiddenSize,
    layerCount: config.layerCount,
    embed: (inputs, mode) => inputEmbeddings(inputs, "embeddings", config, mode),
    layer: (index, inputs, mode) => postNormLayer(inputs, `layers.${index}`, config, mode),
    heads: heads(config),
  };
}

function heads(config: BertConfig): HeadBuilders {
  const { hiddenSize, classifierDropout, initialDeviation: deviation } = config;
  const pooler = (first: Value): Value => tanh(linear(first, "pooler", hiddenSize, deviation)); // [batch, hidden]
  const nextSentence = (first: Value): Value => linear(pooler(first), "nextSentence", 2, deviation);
  const words = (rows: Value): Value =>
    vocabularyHead(rows, "prediction", wordTable("embeddings", config), config);
  return {
    none: ({ lastHidden, first }) => ({ lastHidden, pooled: pooler(first()) }),
    "masked-lm": (head) => ({ logits: wordLogits(head, words) }),
    "next-sentence": ({ first }) => ({ logits: nextSentence(first()) }),
    "pre-training": (head) => ({
      predictionLogits: wordLogits(head, words),
      relationshipLogits: nextSentence(head.first()),
    }),
    ...labelHeads({
      classifierDropout,
      initialDeviation: deviation,
      summary: (first, mode) => dropout(pooler(first), classifierDropout, mode),
    }),
  };
}
