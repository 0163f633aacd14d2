// BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805): embeddings, a stack of post-norm transformer
// layers, and the heads of the paper. With `is_decoder` each token sees only those before it, and it writes.
import { tanh, type Value } from "../engine/index.js";
import { dropout, inputEmbeddings, linear, transformerLayer, vocabularyHead } from "../nn/index.js";
import { lookingBias, wordHeads, writing } from "./bert-decoder.js";
import {
  type BertConfig,
  bertModules,
  bertOverrides,
  bertSourceModules,
  olderBertNames,
  outputTable,
  readBertConfig,
} from "./bert-layout.js";
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

export const bert: Architecture = {
  modelType: "bert",
  classNames: new Map<Head, string>([
    ["none", "BertModel"],
    ["masked-lm", "BertForMaskedLM"],
    ["next-sentence", "BertForNextSentencePrediction"],
    ["pre-training", "BertForPreTraining"],
    ["causal-lm", "BertLMHeadModel"],
    ["sequence-classification", "BertForSequenceClassification"],
    ["token-classification", "BertForTokenClassification"],
    ["span-extraction", "BertForQuestionAnswering"],
    ["multiple-choice", "BertForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "bert.",
    modules: [...bertModules, ...bertSourceModules, ["pooler", "pooler.dense"]],
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
    const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      packs: !config.isDecoder,
      description: `BERT, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) => buildEncoder(parts(config), ...asked),
      ...writing(config, {
        embed: (ids, positions, mode) => inputEmbeddings({ ids, positions }, "embeddings", config, mode),
        score: (rows) => score(config, rows),
      }),
    };
  },
};

function parts(config: BertConfig): EncoderParts {
  return {
    name: "BERT",
    hiddenSize: config.hiddenSize,
    layerCount: config.layerCount,
    embed: (inputs, mode) => inputEmbeddings(placed(inputs), "embeddings", config, mode),
    bias: (inputs) => lookingBias(config, inputs),
    layer: (index, inputs, mode) => transformerLayer(inputs, `layers.${index}`, config, mode),
    heads: heads(config),
  };
}

function heads(config: BertConfig): HeadBuilders {
  const { hiddenSize, classifierDropout, initialDeviation: deviation } = config;
  const pooler = (first: Value): Value => tanh(linear(first, "pooler", hiddenSize, deviation)); // [batch, hidden]
  const nextSentence = (first: Value): Value => linear(pooler(first), "nextSentence", 2, deviation);
  return {
    none: ({ lastHidden, first }) => ({ lastHidden, pooled: pooler(first()) }),
    ...wordHeads(config, (rows) => score(config, rows)),
    "next-sentence": ({ first }) => ({ logits: nextSentence(first()) }),
    "pre-training": (head) => ({
      predictionLogits: wordLogits(head, (rows) => score(config, rows)),
      relationshipLogits: nextSentence(head.first()),
    }),
    ...labelHeads({
      ...config,
      summary: (first, mode) => dropout(pooler(first), classifierDropout, mode),
    }),
  };
}

/** Scores of all words for rows `[rows, hidden]`. */
function score(config: BertConfig, rows: Value): Value {
  return vocabularyHead(rows, "prediction", outputTable(config), config);
}
