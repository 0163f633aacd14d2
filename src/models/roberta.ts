// RoBERTa (Liu et al. 2019, https://arxiv.org/abs/1907.11692): BERT's encoder with positions that are counted
// without padding, no next-sentence head, and a classifier of two layers. XLM-R (Conneau et al. 2019,
// https://arxiv.org/abs/1911.02116) and CamemBERT (Martin et al. 2019, https://arxiv.org/abs/1911.03894) are
// RoBERTa over other texts.
import { tanh, type Value } from "../engine/index.js";
import {
  dropout,
  inputEmbeddings,
  linear,
  paddedPositions,
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
  refuseDecoder,
} from "./bert-layout.js";
import { buildEncoder, type EncoderParts, type HeadBuilders, labelHeads, wordLogits } from "./encoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

export const roberta: Architecture = family("roberta", "Roberta", "RoBERTa");
export const xlmRoberta: Architecture = family("xlm-roberta", "XLMRoberta", "XLM-R");
export const camembert: Architecture = family("camembert", "Camembert", "CamemBERT");

function family(modelType: string, className: string, name: string): Architecture {
  return {
    modelType,
    classNames: new Map<Head, string>([
      ["none", `${className}Model`],
      ["masked-lm", `${className}ForMaskedLM`],
      ["sequence-classification", `${className}ForSequenceClassification`],
      ["token-classification", `${className}ForTokenClassification`],
      ["span-extraction", `${className}ForQuestionAnswering`],
      ["multiple-choice", `${className}ForMultipleChoice`],
    ]),
    names: nameTable({
      prefix: "roberta.",
      modules: [...bertModules, ["pooler", "pooler.dense"]],
      heads: [
        ["summary", "classifier.dense"],
        ["sequenceClassifier", "classifier.out_proj"],
        ["classifier", "classifier"],
        ["spans", "qa_outputs"],
        ["prediction.transform", "lm_head.dense"],
        ["prediction.norm", "lm_head.layer_norm"],
        ["prediction", "lm_head"],
      ],
      older: olderBertNames,
    }),
    wordEmbeddings: "embeddings.word.weight",
    overrides: bertOverrides,
    readConfig(json, place) {
      const config = readBertConfig({ pad_token_id: 1, ...json }, place);
      refuseDecoder(config, place);
      const { vocabularySize, layerCount, hiddenSize, positionCount, paddingId } = config;
      return {
        vocabularySize,
        layerCount,
        hiddenSize,
        maxLength: positionCount - paddingId - 1, // positions start behind that of padding
        description: `${name}, ${layerCount} layers x ${hiddenSize}`,
        build: (...asked) => buildEncoder(parts(config, name), ...asked),
      };
    },
  };
}

function parts(config: BertConfig, name: string): EncoderParts {
  const { hiddenSize, layerCount, paddingId } = config;
  const options = { ...config, paddingPosition: paddingId };
  return {
    name,
    hiddenSize,
    layerCount,
    embed: ({ ids, typeIds }, mode) =>
      inputEmbeddings(
        { ids, typeIds, positions: paddedPositions(ids, paddingId) },
        "embeddings",
        options,
        mode,
      ),
    layer: (index, inputs, mode) => transformerLayer(inputs, `layers.${index}`, config, mode),
    heads: heads(config),
  };
}

function heads(config: BertConfig): HeadBuilders {
  const { hiddenSize, hiddenDropout, classifierDropout, initialDeviation } = config;
  const dense = (first: Value, name: string): Value =>
    tanh(linear(first, name, hiddenSize, initialDeviation)); // [batch, hidden]
  const words = (rows: Value): Value =>
    vocabularyHead(rows, "prediction", outputTable(config), { ...config, activation: "gelu" });
  return {
    none: ({ lastHidden, first }) => ({ lastHidden, pooled: dense(first(), "pooler") }),
    "masked-lm": (head) => ({ logits: wordLogits(head, words) }),
    ...labelHeads({
      ...config,
      sequenceClassifier: "sequenceClassifier",
      summary: (first, mode) => {
        const kept = dropout(first, classifierDropout, mode);
        return dropout(dense(kept, "summary"), classifierDropout, mode);
      },
      choiceSummary: (first, mode) => dropout(dense(first, "pooler"), hiddenDropout, mode),
    }),
  };
}
