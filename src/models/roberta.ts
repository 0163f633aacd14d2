// RoBERTa (Liu et al. 2019, https://arxiv.org/abs/1907.11692): BERT's encoder with positions that are counted
// without padding, no next-sentence head, and a classifier of two layers. XLM-R (Conneau et al. 2019,
// https://arxiv.org/abs/1911.02116) and CamemBERT (Martin et al. 2019, https://arxiv.org/abs/1911.03894) are
// RoBERTa over other texts.
import { FileError } from "../base/errors.js";
import { int64 } from "../base/tensor.js";
import { add, constant, tanh, type Value } from "../engine/index.js";
import {
  type BuildMode,
  dropout,
  type EmbeddedIds,
  inputEmbeddings,
  linear,
  paddedPositions,
  transformerLayer,
  vocabularyHead,
} from "../nn/index.js";
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
import { buildEncoder, type EncoderParts, type HeadBuilders, labelHeads } from "./encoder.js";
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
      ["causal-lm", `${className}ForCausalLM`],
      ["sequence-classification", `${className}ForSequenceClassification`],
      ["token-classification", `${className}ForTokenClassification`],
      ["span-extraction", `${className}ForQuestionAnswering`],
      ["multiple-choice", `${className}ForMultipleChoice`],
    ]),
    names: nameTable({
      prefix: "roberta.",
      modules: [...bertModules, ...bertSourceModules, ["pooler", "pooler.dense"]],
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
      const { vocabularySize, layerCount, hiddenSize, positionCount, paddingId } = config;
      const maxLength = positionCount - paddingId - 1; // positions start behind that of padding
      if (maxLength < 1)
        throw new FileError(
          place,
          `max_position_embeddings: expected more than ${paddingId + 1}, those of padding, got ${positionCount}`,
        );
      return {
        vocabularySize,
        layerCount,
        hiddenSize,
        maxLength,
        packs: !config.isDecoder,
        description: `${name}, ${layerCount} layers x ${hiddenSize}`,
        build: (...asked) => buildEncoder(parts(config, name), ...asked),
        ...writing(config, {
          embed(ids, counted, mode) {
            const positions =
              counted === undefined
                ? paddedPositions(ids, paddingId)
                : add(counted, constant(int64([], [paddingId + 1])));
            return embed(config, { ids, positions }, mode);
          },
          score: (rows) => score(config, rows),
        }),
      };
    },
  };
}

function parts(config: BertConfig, name: string): EncoderParts {
  const { hiddenSize, layerCount, paddingId } = config;
  return {
    name,
    hiddenSize,
    layerCount,
    embed: ({ ids, typeIds, packing }, mode) =>
      embed(config, { ids, typeIds, positions: paddedPositions(ids, paddingId, packing?.positions) }, mode),
    bias: (inputs) => lookingBias(config, inputs),
    layer: (index, inputs, mode) => transformerLayer(inputs, `layers.${index}`, config, mode),
    heads: heads(config),
  };
}

function embed(config: BertConfig, ids: EmbeddedIds, mode: BuildMode): Value {
  return inputEmbeddings(ids, "embeddings", { ...config, paddingPosition: config.paddingId }, mode);
}

function heads(config: BertConfig): HeadBuilders {
  const { hiddenSize, hiddenDropout, classifierDropout, initialDeviation } = config;
  const dense = (first: Value, name: string): Value =>
    tanh(linear(first, name, hiddenSize, initialDeviation)); // [batch, hidden]
  return {
    none: ({ lastHidden, first }) => ({ lastHidden, pooled: dense(first(), "pooler") }),
    ...wordHeads(config, (rows) => score(config, rows)),
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

/** Scores of all words for rows `[rows, hidden]`. */
function score(config: BertConfig, rows: Value): Value {
  return vocabularyHead(rows, "prediction", outputTable(config), { ...config, activation: "gelu" });
}
