// ELECTRA (Clark et al. 2020, https://arxiv.org/abs/2003.10555): BERT's encoder over narrower embeddings, learnt by
// telling which tokens another model put in: the discriminator. That other model, the generator, has the same form.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { reshape, type Value } from "../engine/index.js";
import {
  activation,
  type BuildMode,
  dropout,
  type EmbeddedIds,
  gelu,
  inputEmbeddings,
  linear,
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
import { configReader } from "./config.js";
import { buildEncoder, type EncoderParts, type HeadBuilders, labelHeads, placed } from "./encoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

interface ElectraConfig extends BertConfig {
  /** How the head for choices sums up a sequence. */
  readonly choice: { readonly project: boolean; readonly activation: string; readonly dropout: number };
}

export const electra: Architecture = {
  modelType: "electra",
  classNames: new Map<Head, string>([
    ["none", "ElectraModel"],
    ["replaced-tokens", "ElectraForPreTraining"],
    ["masked-lm", "ElectraForMaskedLM"],
    ["causal-lm", "ElectraForCausalLM"],
    ["sequence-classification", "ElectraForSequenceClassification"],
    ["token-classification", "ElectraForTokenClassification"],
    ["span-extraction", "ElectraForQuestionAnswering"],
    ["multiple-choice", "ElectraForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "electra.",
    modules: [...bertModules, ...bertSourceModules, ["embeddings.projection", "embeddings_project"]],
    heads: [
      ["summary", "classifier.dense"],
      ["sequenceClassifier", "classifier.out_proj"],
      ["classifier", "classifier"],
      ["choiceSummary", "sequence_summary.summary"],
      ["spans", "qa_outputs"],
      ["replaced.inner", "discriminator_predictions.dense"],
      ["replaced.outer", "discriminator_predictions.dense_prediction"],
      ["prediction.transform", "generator_predictions.dense"],
      ["prediction.norm", "generator_predictions.LayerNorm"],
      ["prediction", "generator_lm_head"],
    ],
    older: olderBertNames,
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: (changes) => ({
    ...bertOverrides(changes),
    ...(changes.dropout === undefined ? {} : { summary_last_dropout: changes.dropout }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      packs: !config.isDecoder,
      description: `ELECTRA, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) => buildEncoder(parts(config), ...asked),
      generator(share) {
        const smaller = { ...json, ...generatorFields(config, share) };
        return { config: smaller, network: electra.readConfig(smaller, place) };
      },
      ...writing(config, {
        embed: (ids, positions, mode) => embed(config, { ids, positions }, mode),
        score: (rows) => score(config, rows),
      }),
    };
  },
};

function readConfig(json: JsonObject, place: string): ElectraConfig {
  const read = configReader(json, place);
  const summary = read.string("summary_type", "first");
  if (summary !== "first") throw new FileError(place, `summary_type: expected "first", got "${summary}"`);
  return {
    ...readBertConfig(json, place),
    embeddingSize: read.integer("embedding_size", 128),
    choice: {
      project: json["summary_use_proj"] !== false,
      activation: read.string("summary_activation", "gelu"),
      dropout: read.number("summary_last_dropout", 0.1),
    },
  };
}

/** What config.json of a generator says otherwise: fewer heads, and narrower layers over the same embeddings. */
function generatorFields(config: ElectraConfig, share: number): JsonObject {
  const { headCount, hiddenSize, feedForwardSize, embeddingSize } = config;
  const fewer = Math.max(1, Math.round(share * headCount));
  return {
    architectures: ["ElectraForMaskedLM"],
    embedding_size: embeddingSize,
    num_attention_heads: fewer,
    hidden_size: fewer * Math.max(1, Math.round((share * hiddenSize) / fewer)),
    intermediate_size: Math.max(1, Math.round(share * feedForwardSize)),
  };
}

function parts(config: ElectraConfig): EncoderParts {
  return {
    name: "ELECTRA",
    hiddenSize: config.hiddenSize,
    layerCount: config.layerCount,
    embed: (inputs, mode) => embed(config, placed(inputs), mode),
    bias: (inputs) => lookingBias(config, inputs),
    layer: (index, inputs, mode) => transformerLayer(inputs, `layers.${index}`, config, mode),
    heads: heads(config),
  };
}

function embed(config: ElectraConfig, ids: EmbeddedIds, mode: BuildMode): Value {
  const { hiddenSize, embeddingSize, initialDeviation } = config;
  const rows = inputEmbeddings(ids, "embeddings", config, mode);
  if (embeddingSize === hiddenSize) return rows;
  return linear(rows, "embeddings.projection", hiddenSize, initialDeviation);
}

function heads(config: ElectraConfig): HeadBuilders {
  const { hiddenSize, classifierDropout, choice, initialDeviation: deviation } = config;
  return {
    none: ({ lastHidden }) => ({ lastHidden }),
    "replaced-tokens": ({ rows, batch, sequence }) => {
      const inner = activation(config.activation)(linear(rows, "replaced.inner", hiddenSize, deviation));
      return { logits: reshape(linear(inner, "replaced.outer", 1, deviation), [batch, sequence]) };
    },
    ...wordHeads(config, (rows) => score(config, rows)),
    ...labelHeads({
      ...config,
      sequenceClassifier: "sequenceClassifier",
      summary(first, mode) {
        const inner = linear(dropout(first, classifierDropout, mode), "summary", hiddenSize, deviation);
        return dropout(gelu(inner), classifierDropout, mode);
      },
      choiceSummary(first, mode) {
        const projected = choice.project ? linear(first, "choiceSummary", hiddenSize, deviation) : first;
        return dropout(activation(choice.activation)(projected), choice.dropout, mode);
      },
    }),
  };
}

/** Scores of all words for rows `[rows, hidden]`. */
function score(config: ElectraConfig, rows: Value): Value {
  return vocabularyHead(rows, "prediction", outputTable(config), { ...config, activation: "gelu" });
}
