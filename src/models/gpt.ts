// GPT (Radford et al. 2018,
// https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf): a stack of post-norm
// transformer layers that look back only.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { add, type Value } from "../engine/index.js";
import {
  type BuildMode,
  dropout,
  embeddingTable,
  fusedProjections,
  layerNorm,
  type TokenEmbeddingOptions,
  tokenEmbeddings,
  transposedFeedForward,
  transposedLinear,
  wordScores,
} from "../nn/index.js";
import { type CausalParts, causalLabelHeads, causalNetwork, type Looking } from "./causal.js";
import { configReader } from "./config.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

interface GptConfig extends TokenEmbeddingOptions {
  readonly layerCount: number;
  readonly headCount: number;
  readonly feedForwardSize: number;
  readonly activation: string;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly normEpsilon: number;
  readonly isTied: boolean;
}

export const gpt: Architecture = {
  modelType: "openai-gpt",
  classNames: new Map<Head, string>([
    ["none", "OpenAIGPTModel"],
    ["causal-lm", "OpenAIGPTLMHeadModel"],
    ["sequence-classification", "OpenAIGPTForSequenceClassification"],
  ]),
  names: nameTable({
    prefix: "transformer.",
    modules: [
      ["embeddings.word", "tokens_embed"],
      ["embeddings.position", "positions_embed"],
      ["layers.{n}.attention.input", "h.{n}.attn.c_attn"],
      ["layers.{n}.attention.output", "h.{n}.attn.c_proj"],
      ["layers.{n}.attention.norm", "h.{n}.ln_1"],
      ["layers.{n}.feedForward.inner", "h.{n}.mlp.c_fc"],
      ["layers.{n}.feedForward.outer", "h.{n}.mlp.c_proj"],
      ["layers.{n}.feedForward.norm", "h.{n}.ln_2"],
    ],
    heads: [
      ["prediction", "lm_head"],
      ["score", "score"],
    ],
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: ({ vocabularySize, dropout: rate, layerCount }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(layerCount === undefined ? {} : { n_layer: layerCount }),
    ...(rate === undefined ? {} : { embd_pdrop: rate, resid_pdrop: rate, attn_pdrop: rate }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    return causalNetwork(parts(config), config);
  },
};

function readConfig(json: JsonObject, place: string): GptConfig {
  const read = configReader(json, place);
  const hiddenSize = read.integer("n_embd", 768);
  const headCount = read.integer("n_head", 12);
  if (hiddenSize % headCount !== 0)
    throw new FileError(place, `n_embd: expected a multiple of n_head (${headCount}), got ${hiddenSize}`);
  const activation = read.string("afn", "gelu");
  return {
    vocabularySize: read.integer("vocab_size", 40478),
    hiddenSize,
    layerCount: read.integer("n_layer", 12),
    headCount,
    feedForwardSize: 4 * hiddenSize,
    positionCount: read.integer("n_positions", 512),
    activation: activation === "gelu" ? "gelu_new" : activation, // the name that came before there were two
    embeddingDropout: read.number("embd_pdrop", 0.1),
    hiddenDropout: read.number("resid_pdrop", 0.1),
    attentionDropout: read.number("attn_pdrop", 0.1),
    normEpsilon: read.number("layer_norm_epsilon", 1e-5),
    initialDeviation: read.number("initializer_range", 0.02),
    isTied: json["tie_word_embeddings"] !== false,
  };
}

function parts(config: GptConfig): CausalParts {
  const { vocabularySize, hiddenSize, headCount, initialDeviation } = config;
  const labelHeads = causalLabelHeads({ classifierDropout: 0, initialDeviation, tokenClassifier: "score" });
  return {
    name: "GPT",
    layerCount: config.layerCount,
    hiddenSize,
    headCount,
    keyHeadCount: headCount,
    headSize: hiddenSize / headCount,
    embed: (ids, positions, mode) => tokenEmbeddings(ids, positions, "embeddings", config, mode),
    layer: (index, rows, looking, mode) => layer(config, index, rows, looking, mode),
    finish: (rows) => rows,
    predict(rows) {
      const table = embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation);
      return wordScores(rows, "prediction", table, config);
    },
    heads: { "sequence-classification": labelHeads["sequence-classification"]! },
  };
}

function layer(config: GptConfig, index: number, x: Value, { back, kept }: Looking, mode: BuildMode): Value {
  const { hiddenSize, attentionDropout, hiddenDropout, normEpsilon, initialDeviation } = config;
  const name = `layers.${index}`;
  const addAndNorm = (rows: Value, result: Value, part: string): Value =>
    layerNorm(add(dropout(result, hiddenDropout, mode), rows), `${name}.${part}.norm`, normEpsilon);

  const { query, ...seen } = fusedProjections(x, `${name}.attention.input`, initialDeviation);
  const mixed = back({ query: kept(query), ...seen }, { dropoutRate: attentionDropout });
  const output = transposedLinear(mixed, `${name}.attention.output`, hiddenSize, initialDeviation);
  const attended = addAndNorm(kept(x), output, "attention");
  return addAndNorm(attended, transposedFeedForward(attended, `${name}.feedForward`, config), "feedForward");
}
