import { FileError } from "../base/errors.js";
import { describeJson, isJsonObject, type JsonObject } from "../base/json.js";
import { add, multiply, multiplyDimensions, reshape, sizeAt, type Value } from "../engine/index.js";
import {
  activation,
  embedding,
  embeddingTable,
  linear,
  rmsNorm,
  rotation,
  unbiasedLinear,
  wordScores,
} from "../nn/index.js";
import { type CausalParts, causalLabelHeads, causalNetwork, type Looking } from "./causal.js";
import { type ConfigReader, configReader } from "./config.js";
import type { ConfigChanges, Network } from "./model.js";
import { type NameTable, nameTable } from "./names.js";

// What Llama and its relatives share: pre-norm layers with rotary positions, keys shared by several heads and a gated
// feed-forward. They differ in which projections have a bias, and in how far back a layer sees.

/** The sizes and settings of a model of Llama's form. */
export interface LlamaConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly keyHeadCount: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  readonly positionCount: number;
  /** The word whose row stays as it is. */
  readonly paddingId: number | undefined;
  readonly activation: string;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
  readonly isTied: boolean;
  /** By how much each pair of elements turns from one position to the next. */
  readonly frequencies: readonly number[];
}

/** In what relatives differ. */
export interface LlamaForm {
  readonly name: string;
  /** Which projections have a bias. */
  readonly biased: { readonly input: boolean; readonly output: boolean; readonly feedForward: boolean };
  /** How many tokens a layer sees, itself counted; undefined: all. */
  window?(layer: number): number | undefined;
}

/** The names of the modules in checkpoints; `spanPrefix` is what they begin with in those for spans. */
export function llamaNames({ spanPrefix }: { readonly spanPrefix: string }): NameTable {
  return nameTable({
    prefix: "model.",
    prefixes: { "span-extraction": spanPrefix },
    modules: [
      ["embeddings.word", "embed_tokens"],
      ["layers.{n}.attention.norm", "layers.{n}.input_layernorm"],
      ["layers.{n}.attention.query", "layers.{n}.self_attn.q_proj"],
      ["layers.{n}.attention.key", "layers.{n}.self_attn.k_proj"],
      ["layers.{n}.attention.value", "layers.{n}.self_attn.v_proj"],
      ["layers.{n}.attention.output", "layers.{n}.self_attn.o_proj"],
      ["layers.{n}.feedForward.norm", "layers.{n}.post_attention_layernorm"],
      ["layers.{n}.feedForward.gate", "layers.{n}.mlp.gate_proj"],
      ["layers.{n}.feedForward.inner", "layers.{n}.mlp.up_proj"],
      ["layers.{n}.feedForward.outer", "layers.{n}.mlp.down_proj"],
      ["norm", "norm"],
    ],
    heads: [
      ["prediction", "lm_head"],
      ["score", "score"],
      ["spans", "qa_outputs"],
    ],
  });
}

/** What to put over config.json for other settings. */
export function llamaOverrides({ vocabularySize, dropout: rate, layerCount }: ConfigChanges): JsonObject {
  return {
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(layerCount === undefined ? {} : { num_hidden_layers: layerCount }),
    ...(rate === undefined ? {} : { attention_dropout: rate, classifier_dropout: rate }),
  };
}

/** Read the keys of config.json that all relatives have; `place` is its path. */
export function readLlamaConfig(json: JsonObject, place: string): LlamaConfig {
  const read = configReader(json, place);
  const hiddenSize = read.integer("hidden_size");
  const headCount = read.integer("num_attention_heads");
  const keyHeadCount = read.integer("num_key_value_heads", headCount);
  if (hiddenSize % headCount !== 0)
    throw new FileError(
      place,
      `hidden_size: expected a multiple of num_attention_heads (${headCount}), got ${hiddenSize}`,
    );
  if (headCount % keyHeadCount !== 0)
    throw new FileError(
      place,
      `num_attention_heads: expected a multiple of num_key_value_heads (${keyHeadCount}), got ${headCount}`,
    );
  const headSize = read.integer("head_dim", hiddenSize / headCount);
  if (headSize % 2 !== 0) throw new FileError(place, `head_dim: expected an even number, got ${headSize}`);
  const positionCount = read.integer("max_position_embeddings", 2048);
  const paddingId = json["pad_token_id"];
  return {
    vocabularySize: read.integer("vocab_size"),
    hiddenSize,
    layerCount: read.integer("num_hidden_layers"),
    headCount,
    keyHeadCount,
    headSize,
    feedForwardSize: read.integer("intermediate_size"),
    positionCount,
    paddingId: typeof paddingId === "number" && paddingId >= 0 ? paddingId : undefined,
    activation: read.string("hidden_act", "silu"),
    attentionDropout: read.number("attention_dropout", 0),
    classifierDropout: read.number("classifier_dropout", 0.1),
    normEpsilon: read.number("rms_norm_eps", 1e-6),
    initialDeviation: read.number("initializer_range", 0.02),
    isTied: json["tie_word_embeddings"] === true,
    frequencies: readFrequencies(json, place, headSize, positionCount),
  };
}

/**
 * How fast the pairs of a head turn, by `rope_parameters` or, in older files, `rope_theta` and `rope_scaling`. Scaled
 * by `linear` (https://arxiv.org/abs/2306.15595), all turn more slowly by a factor; by `llama3`, only those whose turn
 * is long beside the text that the model was first trained on, with a soft passage.
 */
function readFrequencies(json: JsonObject, place: string, headSize: number, positionCount: number): number[] {
  const nested = json["rope_parameters"] ?? json["rope_scaling"] ?? {};
  if (!isJsonObject(nested))
    throw new FileError(place, `rope_parameters: expected an object, got ${describeJson(nested)}`);
  const read: ConfigReader = configReader(nested, place);
  const base = read.number("rope_theta", configReader(json, place).number("rope_theta", 10000));
  const plain = Array.from({ length: headSize / 2 }, (_, i) => base ** ((-2 * i) / headSize));
  const kind = read.string("rope_type", read.string("type", "default"));
  if (kind === "default") return plain;
  if (kind === "linear") return plain.map((frequency) => frequency / read.number("factor"));
  if (kind !== "llama3")
    throw new FileError(place, `rope_type: expected default, linear or llama3, got ${kind}`, {
      hint: "other ways of stretching positions are not there yet",
    });
  const factor = read.number("factor");
  const [low, high] = [read.number("low_freq_factor"), read.number("high_freq_factor")];
  const firstLength = read.integer("original_max_position_embeddings", positionCount);
  return plain.map((frequency) => {
    const turns = (firstLength * frequency) / (2 * Math.PI); // in the text it was first trained on
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (1 - kept) * (frequency / factor) + kept * frequency;
  });
}

/** The network of a relative of this form. */
export function llamaNetwork(config: LlamaConfig, form: LlamaForm): Network {
  return causalNetwork(parts(config, form), config);
}

function parts(config: LlamaConfig, form: LlamaForm): CausalParts {
  const { vocabularySize, hiddenSize, initialDeviation, frequencies } = config;
  const table = embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation);
  return {
    ...config,
    name: form.name,
    ...(form.window === undefined ? {} : { window: form.window }),
    embed(ids) {
      const rows = multiplyDimensions(sizeAt(ids, 0), sizeAt(ids, 1));
      return reshape(embedding(table, ids, config.paddingId), [rows, hiddenSize]);
    },
    rotation: (positions) => rotation(positions, frequencies),
    layer: (index, rows, looking) => layer(config, form, `layers.${index}`, rows, looking),
    finish: (rows) => rmsNorm(rows, "norm", config.normEpsilon),
    predict: (rows) => wordScores(rows, "prediction", table, config),
    heads: causalLabelHeads({ ...config, tokenClassifier: "score" }),
  };
}

function layer(
  config: LlamaConfig,
  { biased }: LlamaForm,
  name: string,
  x: Value, // [batch*new, hidden]
  { back, kept }: Looking,
): Value {
  const { hiddenSize, headCount, keyHeadCount, headSize, feedForwardSize, normEpsilon } = config;
  const project = (rows: Value, part: string, size: number, hasBias: boolean): Value =>
    (hasBias ? linear : unbiasedLinear)(rows, `${name}.${part}`, size, config.initialDeviation);

  const normed = rmsNorm(x, `${name}.attention.norm`, normEpsilon);
  const mixed = back(
    {
      query: project(kept(normed), "attention.query", headCount * headSize, biased.input),
      key: project(normed, "attention.key", keyHeadCount * headSize, biased.input),
      value: project(normed, "attention.value", keyHeadCount * headSize, biased.input),
    },
    { dropoutRate: config.attentionDropout },
  );
  const attended = add(kept(x), project(mixed, "attention.output", hiddenSize, biased.output));

  const normedAgain = rmsNorm(attended, `${name}.feedForward.norm`, normEpsilon);
  const gate = activation(config.activation)(
    project(normedAgain, "feedForward.gate", feedForwardSize, biased.feedForward),
  );
  const inner = multiply(
    gate,
    project(normedAgain, "feedForward.inner", feedForwardSize, biased.feedForward),
  );
  return add(attended, project(inner, "feedForward.outer", hiddenSize, biased.feedForward));
}
