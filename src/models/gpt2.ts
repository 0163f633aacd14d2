// GPT-2 (Radford et al. 2019,
// https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf): a stack of
// pre-norm transformer layers that look back only, under a last norm.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { add, type Dimension, divideDimensions, sizeAt, split, type Value } from "../engine/index.js";
import {
  type BuildMode,
  dropout,
  embeddingTable,
  fusedProjections,
  type KeyValue,
  layerNorm,
  splitHeads,
  type TokenEmbeddingOptions,
  tokenEmbeddings,
  transposedFeedForward,
  transposedLinear,
  wordScores,
} from "../nn/index.js";
import {
  type CausalParts,
  causalLabelHeads,
  causalNetwork,
  causalSourceReader,
  type Looking,
} from "./causal.js";
import { configReader } from "./config.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

interface Gpt2Config extends TokenEmbeddingOptions {
  readonly layerCount: number;
  readonly headCount: number;
  readonly feedForwardSize: number;
  readonly activation: string;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
  readonly normEpsilon: number;
  /** Whether scores are divided by the root of the head's size, and by the number of the layer. */
  readonly scalesBySize: boolean;
  readonly scalesByLayer: boolean;
  readonly isTied: boolean;
}

export const gpt2: Architecture = {
  modelType: "gpt2",
  classNames: new Map<Head, string>([
    ["none", "GPT2Model"],
    ["causal-lm", "GPT2LMHeadModel"],
    ["sequence-classification", "GPT2ForSequenceClassification"],
    ["token-classification", "GPT2ForTokenClassification"],
    ["span-extraction", "GPT2ForQuestionAnswering"],
  ]),
  names: nameTable({
    prefix: "transformer.",
    modules: [
      ["embeddings.word", "wte"],
      ["embeddings.position", "wpe"],
      ["layers.{n}.attention.norm", "h.{n}.ln_1"],
      ["layers.{n}.attention.input", "h.{n}.attn.c_attn"],
      ["layers.{n}.attention.output", "h.{n}.attn.c_proj"],
      ["layers.{n}.sourceAttention.norm", "h.{n}.ln_cross_attn"],
      ["layers.{n}.sourceAttention.query", "h.{n}.crossattention.q_attn"],
      ["layers.{n}.sourceAttention.input", "h.{n}.crossattention.c_attn"],
      ["layers.{n}.sourceAttention.output", "h.{n}.crossattention.c_proj"],
      ["layers.{n}.feedForward.norm", "h.{n}.ln_2"],
      ["layers.{n}.feedForward.inner", "h.{n}.mlp.c_fc"],
      ["layers.{n}.feedForward.outer", "h.{n}.mlp.c_proj"],
      ["norm", "ln_f"],
    ],
    heads: [
      ["prediction", "lm_head"],
      ["score", "score"],
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
    ],
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: ({ vocabularySize, dropout: rate, layerCount }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(layerCount === undefined ? {} : { n_layer: layerCount }),
    ...(rate === undefined
      ? {}
      : { embd_pdrop: rate, resid_pdrop: rate, attn_pdrop: rate, classifier_dropout: rate }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const own = parts(config);
    return {
      ...causalNetwork(own, config),
      ...(json["add_cross_attention"] === true
        ? { sourceReader: causalSourceReader(own, (...asked) => sourceKeyValue(config, ...asked)) }
        : {}),
    };
  },
};

function readConfig(json: JsonObject, place: string): Gpt2Config {
  const read = configReader(json, place);
  const hiddenSize = read.integer("n_embd", 768);
  const headCount = read.integer("n_head", 12);
  if (hiddenSize % headCount !== 0)
    throw new FileError(place, `n_embd: expected a multiple of n_head (${headCount}), got ${hiddenSize}`);
  return {
    vocabularySize: read.integer("vocab_size", 50257),
    hiddenSize,
    layerCount: read.integer("n_layer", 12),
    headCount,
    feedForwardSize: read.integer("n_inner", 4 * hiddenSize),
    positionCount: read.integer("n_positions", 1024),
    activation: read.string("activation_function", "gelu_new"),
    embeddingDropout: read.number("embd_pdrop", 0.1),
    hiddenDropout: read.number("resid_pdrop", 0.1),
    attentionDropout: read.number("attn_pdrop", 0.1),
    classifierDropout: read.number("classifier_dropout", 0.1),
    normEpsilon: read.number("layer_norm_epsilon", 1e-5),
    initialDeviation: read.number("initializer_range", 0.02),
    scalesBySize: json["scale_attn_weights"] !== false,
    scalesByLayer: json["scale_attn_by_inverse_layer_idx"] === true,
    isTied: json["tie_word_embeddings"] !== false,
  };
}

function parts(config: Gpt2Config): CausalParts {
  const { vocabularySize, hiddenSize, headCount, initialDeviation } = config;
  return {
    name: "GPT-2",
    layerCount: config.layerCount,
    hiddenSize,
    headCount,
    keyHeadCount: headCount,
    headSize: hiddenSize / headCount,
    embed: (ids, positions, mode) => tokenEmbeddings(ids, positions, "embeddings", config, mode),
    layer: (index, rows, looking, mode) => layer(config, index, rows, looking, mode),
    finish: (rows) => layerNorm(rows, "norm", config.normEpsilon),
    predict(rows) {
      const table = embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation);
      return wordScores(rows, "prediction", table, config);
    },
    heads: causalLabelHeads({ ...config, tokenClassifier: "classifier" }),
  };
}

/** What layer `index` sees of the rows of a source, `[batch, heads, source, headSize]` each. */
function sourceKeyValue(
  { hiddenSize, headCount, initialDeviation }: Gpt2Config,
  index: number,
  rows: Value,
  batch: Dimension,
): KeyValue {
  const name = `layers.${index}.sourceAttention.input`;
  const fused = transposedLinear(rows, name, 2 * hiddenSize, initialDeviation);
  const [key, value] = split(fused, 1, [hiddenSize, hiddenSize]).map((projected) =>
    splitHeads(projected, batch, divideDimensions(sizeAt(rows, 0), batch), headCount),
  ) as [Value, Value];
  return { key, value };
}

function layer(
  config: Gpt2Config,
  index: number,
  x: Value,
  { back, kept, source }: Looking,
  mode: BuildMode,
): Value {
  const { hiddenSize, headCount, layerCount, normEpsilon, initialDeviation } = config;
  const name = `layers.${index}`;
  // what adds up along the layers starts smaller the more of them there are
  const outerDeviation = initialDeviation / Math.sqrt(2 * layerCount);
  const addDropped = (rows: Value, result: Value): Value =>
    add(dropout(result, config.hiddenDropout, mode), rows);

  const normOf = (rows: Value, part: string): Value => layerNorm(rows, `${name}.${part}.norm`, normEpsilon);
  const outputOf = (mixed: Value, part: string): Value =>
    transposedLinear(mixed, `${name}.${part}.output`, hiddenSize, outerDeviation);

  const normed = normOf(x, "attention");
  const { query, ...seen } = fusedProjections(normed, `${name}.attention.input`, initialDeviation);
  const scale =
    (config.scalesBySize ? 1 / Math.sqrt(hiddenSize / headCount) : 1) /
    (config.scalesByLayer ? index + 1 : 1);
  const options = { dropoutRate: config.attentionDropout, scale };
  let rows = addDropped(kept(x), outputOf(back({ query: kept(query), ...seen }, options), "attention"));
  if (source !== undefined) {
    const part = "sourceAttention";
    const asked = transposedLinear(normOf(rows, part), `${name}.${part}.query`, hiddenSize, initialDeviation);
    rows = addDropped(rows, outputOf(source(asked, options), part));
  }
  return addDropped(
    rows,
    transposedFeedForward(normOf(rows, "feedForward"), `${name}.feedForward`, { ...config, outerDeviation }),
  );
}
