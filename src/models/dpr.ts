// Dense passage retrieval (Karpukhin et al. 2020, https://arxiv.org/abs/2004.04906): two BERTs whose first token
// stands for a question and for a passage, and a third that reads the answer out of what was found.
import { reshape } from "../engine/index.js";
import { inputEmbeddings, linear, transformerLayer } from "../nn/index.js";
import {
  type BertConfig,
  bertModules,
  bertOverrides,
  olderBertNames,
  readBertConfig,
  refuseDecoder,
} from "./bert-layout.js";
import { configReader } from "./config.js";
import { buildEncoder, type HeadBuilders, labelHeads } from "./encoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

interface DprConfig extends BertConfig {
  /** The size that embeddings are projected to; 0 where they are not. */
  readonly projectionSize: number;
}

export const dprQuestionEncoder: Architecture = encoder(
  "DPR question encoder",
  "DPRQuestionEncoder",
  "question_encoder.",
);

export const dprContextEncoder: Architecture = encoder(
  "DPR context encoder",
  "DPRContextEncoder",
  "ctx_encoder.",
);

export const dprReader: Architecture = family({
  name: "DPR reader",
  classNames: new Map([["span-extraction", "DPRReader"]]),
  prefix: "span_predictor.encoder.bert_model.",
  headModules: [
    ["spans", "span_predictor.qa_outputs"],
    ["relevance", "span_predictor.qa_classifier"],
  ],
  heads(config) {
    const spans = labelHeads({ ...config, summary: (first) => first })["span-extraction"]!;
    return {
      /** Besides the spans, how likely the passage is to hold the answer. */
      "span-extraction": (head) => ({
        ...spans(head),
        relevanceLogits: reshape(linear(head.first(), "relevance", 1, config.initialDeviation), [head.batch]),
      }),
    };
  },
});

function encoder(name: string, className: string, prefix: string): Architecture {
  return family({
    name,
    classNames: new Map([["embedding", className]]),
    prefix: `${prefix}bert_model.`,
    headModules: [["projection", `${prefix}encode_proj`]],
    heads: ({ projectionSize, initialDeviation }) => ({
      embedding({ first }) {
        const pooled = first();
        if (projectionSize === 0) return { pooled };
        return { pooled: linear(pooled, "projection", projectionSize, initialDeviation) };
      },
    }),
  });
}

interface Family {
  readonly name: string;
  readonly classNames: ReadonlyMap<Head, string>;
  readonly prefix: string;
  readonly headModules: readonly (readonly [own: string, foreign: string])[];
  heads(config: DprConfig): HeadBuilders;
}

function family({ name, classNames, prefix, headModules, heads }: Family): Architecture {
  return {
    modelType: "dpr",
    classNames,
    names: nameTable({ prefix, modules: bertModules, heads: headModules, older: olderBertNames }),
    wordEmbeddings: "embeddings.word.weight",
    outputNames: { relevanceLogits: "relevance_logits" },
    overrides: bertOverrides,
    readConfig(json, place) {
      const projectionSize = configReader(json, place).number("projection_dim", 0);
      const config = { ...readBertConfig(json, place), projectionSize };
      refuseDecoder(config, place);
      const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
      return {
        vocabularySize,
        layerCount,
        hiddenSize,
        maxLength: positionCount,
        description: `${name}, ${layerCount} layers x ${hiddenSize}`,
        build: (...asked) =>
          buildEncoder(
            {
              name,
              hiddenSize,
              layerCount,
              embed: (inputs, mode) => inputEmbeddings(inputs, "embeddings", config, mode),
              layer: (index, inputs, mode) => transformerLayer(inputs, `layers.${index}`, config, mode),
              heads: heads(config),
            },
            ...asked,
          ),
      };
    },
  };
}
