// BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805): embeddings, a stack of post-norm transformer
// layers, and the heads of the paper. With `is_decoder` each token sees only those before it, and it writes.
import { OptionError } from "../base/errors.js";
import { input, reshape, sizeAt, slice, subtractDimensions, tanh, type Value } from "../engine/index.js";
import {
  causalBias,
  dropout,
  forInference,
  inputEmbeddings,
  linear,
  paddingBias,
  transformerLayer,
  vocabularyHead,
} from "../nn/index.js";
import {
  type BertConfig,
  bertModules,
  bertOverrides,
  olderBertNames,
  outputTable,
  readBertConfig,
} from "./bert-layout.js";
import type { DecoderStep, StateSlot, StepInputs } from "./decoder.js";
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
    ["causal-lm", "BertLMHeadModel"],
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
    const { vocabularySize, layerCount, hiddenSize, positionCount, isDecoder } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      description: `BERT, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) => buildEncoder(parts(config), ...asked),
      ...(isDecoder ? { decoder: { step: (inputs) => step(config, inputs) } } : {}),
    };
  },
};

function parts(config: BertConfig): EncoderParts {
  return {
    name: "BERT",
    hiddenSize: config.hiddenSize,
    layerCount: config.layerCount,
    embed: (inputs, mode) => inputEmbeddings(inputs, "embeddings", config, mode),
    bias: ({ ids, mask }) => (config.isDecoder ? causalBias(mask, sizeAt(ids, 1)) : paddingBias(mask)),
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
    "masked-lm": (head) => ({ logits: wordLogits(head, (rows) => words(config, rows)) }),
    "next-sentence": ({ first }) => ({ logits: nextSentence(first()) }),
    "pre-training": (head) => ({
      predictionLogits: wordLogits(head, (rows) => words(config, rows)),
      relationshipLogits: nextSentence(head.first()),
    }),
    "causal-lm"(head) {
      if (!config.isDecoder)
        throw new OptionError("BERT whose tokens see what follows them cannot be a language model", {
          hint: 'put "is_decoder": true into its config.json, and train it on',
        });
      return { logits: wordLogits(head, (rows) => words(config, rows)) };
    },
    ...labelHeads({
      ...config,
      summary: (first, mode) => dropout(pooler(first), classifierDropout, mode),
    }),
  };
}

/** Scores of all words for rows `[rows, hidden]`. */
function words(config: BertConfig, rows: Value): Value {
  return vocabularyHead(rows, "prediction", outputTable(config), config);
}

function step(config: BertConfig, { ids, mask, positions }: StepInputs): DecoderStep {
  const { layerCount, headCount, hiddenSize } = config;
  const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const pastLength = subtractDimensions(sizeAt(mask, 1), length);
  const bias = causalBias(mask, length);
  const mode = forInference();
  let rows = inputEmbeddings({ ids, positions }, "embeddings", config, mode);
  const state: StateSlot[] = [];
  for (let layer = 0; layer < layerCount; layer++) {
    const name = `layers.${layer}`;
    const cache = (part: string): Value =>
      input(`${name}.${part}`, [batch, headCount, pastLength, hiddenSize / headCount]);
    const past = { key: cache("key"), value: cache("value") };
    const result = transformerLayer({ x: rows, batch, bias, past }, name, config, mode);
    for (const part of ["key", "value"] as const)
      state.push({
        name: `${name}.${part}`,
        kind: "cache",
        input: past[part],
        output: result.keyValue[part],
      });
    rows = result.rows;
  }
  const last = slice(reshape(rows, [batch, length, hiddenSize]), 1, subtractDimensions(length, 1), length);
  return { logits: words(config, reshape(last, [batch, hiddenSize])), state };
}
