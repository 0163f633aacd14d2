// ModernBERT (Warner et al. 2024, https://arxiv.org/abs/2412.13663): rotary positions, layers that see a window of
// tokens between layers that see all, gated feed-forwards, norms in front of each part and hardly any biases.
import { FileError } from "../base/errors.js";
import { isJsonObject, type JsonObject } from "../base/json.js";
import {
  add,
  cast,
  type Dimension,
  divide,
  divideDimensions,
  matmul,
  multiply,
  multiplyDimensions,
  parameter,
  range,
  reshape,
  sizeAt,
  split,
  sum,
  type Value,
} from "../engine/index.js";
import {
  type AttentionVectors,
  activation,
  attend,
  type BuildMode,
  type ClassifierPooling,
  dropout,
  embedding,
  embeddingTable,
  layerNorm,
  linear,
  type Rotation,
  rotate,
  rotation,
  splitHeads,
  unbiasedLayerNorm,
  unbiasedLinear,
  windowBias,
} from "../nn/index.js";
import { configReader } from "./config.js";
import {
  buildWholeEncoder,
  type EncoderInputs,
  type EncoderRun,
  type HeadBuilders,
  type HeadParts,
  sidesOf,
  textBias,
  wordLogits,
} from "./encoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

type Reach = "full_attention" | "sliding_attention";

interface ModernBertConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly headCount: number;
  readonly feedForwardSize: number;
  readonly positionCount: number;
  readonly paddingId: number | undefined;
  /** What each layer sees. */
  readonly layers: readonly Reach[];
  /** How many tokens a layer with a window sees to either side. */
  readonly windowReach: number;
  /** The base of the rotary frequencies. */
  readonly rotaryBase: Readonly<Record<Reach, number>>;
  readonly activation: string;
  readonly headActivation: string;
  readonly pooling: ClassifierPooling;
  readonly embeddingDropout: number;
  readonly attentionDropout: number;
  readonly feedForwardDropout: number;
  readonly classifierDropout: number;
  readonly attentionBias: boolean;
  readonly feedForwardBias: boolean;
  readonly normBias: boolean;
  readonly headBias: boolean;
  readonly wordBias: boolean;
  readonly isTied: boolean;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
}

export const modernBert: Architecture = {
  modelType: "modernbert",
  classNames: new Map<Head, string>([
    ["none", "ModernBertModel"],
    ["masked-lm", "ModernBertForMaskedLM"],
    ["sequence-classification", "ModernBertForSequenceClassification"],
    ["token-classification", "ModernBertForTokenClassification"],
    ["span-extraction", "ModernBertForQuestionAnswering"],
    ["multiple-choice", "ModernBertForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "model.",
    modules: [
      ["embeddings.word", "embeddings.tok_embeddings"],
      ["embeddings.norm", "embeddings.norm"],
      ["layers.{n}.attention.norm", "layers.{n}.attn_norm"],
      ["layers.{n}.attention.input", "layers.{n}.attn.Wqkv"],
      ["layers.{n}.attention.output", "layers.{n}.attn.Wo"],
      ["layers.{n}.feedForward.norm", "layers.{n}.mlp_norm"],
      ["layers.{n}.feedForward.inner", "layers.{n}.mlp.Wi"],
      ["layers.{n}.feedForward.outer", "layers.{n}.mlp.Wo"],
      ["norm", "final_norm"],
    ],
    heads: [
      ["head.transform", "head.dense"],
      ["head.norm", "head.norm"],
      ["prediction", "decoder"],
      ["classifier", "classifier"],
    ],
    aliases: [["embeddings.word", "decoder"]],
  }),
  wordEmbeddings: "embeddings.word.weight",
  choosesPooling: true,
  overrides: ({ vocabularySize, dropout: rate, layerCount, pooling }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(pooling === undefined ? {} : { classifier_pooling: pooling }),
    ...(layerCount === undefined ? {} : { num_hidden_layers: layerCount }),
    ...(rate === undefined
      ? {}
      : { embedding_dropout: rate, attention_dropout: rate, mlp_dropout: rate, classifier_dropout: rate }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layers, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount: layers.length,
      hiddenSize,
      maxLength: positionCount,
      packs: true,
      description: `ModernBERT, ${layers.length} layers x ${hiddenSize}`,
      build: (...asked) =>
        buildWholeEncoder(
          {
            name: "ModernBERT",
            hiddenSize,
            run: (inputs, mode) => encode(config, inputs, mode),
            heads: heads(config),
          },
          ...asked,
        ),
    };
  },
};

function readConfig(json: JsonObject, place: string): ModernBertConfig {
  const read = configReader(json, place);
  const [hiddenSize, headCount] = [read.integer("hidden_size"), read.integer("num_attention_heads")];
  const pooling = read.string("classifier_pooling", "cls");
  if (hiddenSize % (2 * headCount) !== 0)
    throw new FileError(
      place,
      `hidden_size: expected a multiple of twice num_attention_heads (${headCount}), got ${hiddenSize}`,
    );
  if (pooling !== "cls" && pooling !== "mean")
    throw new FileError(place, `classifier_pooling: expected cls or mean, got ${pooling}`);
  return {
    vocabularySize: read.integer("vocab_size"),
    hiddenSize,
    headCount,
    feedForwardSize: read.integer("intermediate_size"),
    positionCount: read.integer("max_position_embeddings", 8192),
    paddingId: json["pad_token_id"] === null ? undefined : read.number("pad_token_id", 50283),
    layers: readLayers(json, place),
    windowReach: Math.floor(read.integer("local_attention", 128) / 2),
    rotaryBase: {
      full_attention: readRotaryBase(json, "full_attention", "global_rope_theta", 160_000, place),
      sliding_attention: readRotaryBase(json, "sliding_attention", "local_rope_theta", 10_000, place),
    },
    activation: read.string("hidden_activation", "gelu"),
    headActivation: read.string("classifier_activation", "gelu"),
    pooling,
    embeddingDropout: read.number("embedding_dropout", 0),
    attentionDropout: read.number("attention_dropout", 0),
    feedForwardDropout: read.number("mlp_dropout", 0),
    classifierDropout: read.number("classifier_dropout", 0),
    attentionBias: read.boolean("attention_bias", false),
    feedForwardBias: read.boolean("mlp_bias", false),
    normBias: read.boolean("norm_bias", false),
    headBias: read.boolean("classifier_bias", false),
    wordBias: read.boolean("decoder_bias", true),
    isTied: read.boolean("tie_word_embeddings", true),
    normEpsilon: read.number("norm_eps", 1e-5),
    initialDeviation: read.number("initializer_range", 0.02),
  };
}

/** What each layer sees: listed, or in older files every n-th all and the others a window. */
function readLayers(json: JsonObject, place: string): Reach[] {
  const read = configReader(json, place);
  const [layerCount, every] = [
    read.integer("num_hidden_layers"),
    read.integer("global_attn_every_n_layers", 3),
  ];
  const listed = json["layer_types"];
  if (listed === undefined || listed === null)
    return Array.from({ length: layerCount }, (_, i) =>
      i % every === 0 ? "full_attention" : "sliding_attention",
    );
  if (
    !Array.isArray(listed) ||
    listed.length !== layerCount ||
    !listed.every((reach) => reach === "full_attention" || reach === "sliding_attention")
  )
    throw new FileError(
      place,
      `layer_types: expected full_attention or sliding_attention for each of ${layerCount} layers, got ${JSON.stringify(listed)}`,
    );
  return listed as Reach[];
}

function readRotaryBase(
  json: JsonObject,
  reach: Reach,
  older: string,
  fallback: number,
  place: string,
): number {
  const all = json["rope_parameters"];
  const own = isJsonObject(all) ? all[reach] : undefined;
  const settings = isJsonObject(own) ? own : {};
  const kind = settings["rope_type"] ?? "default";
  if (kind !== "default" || json["rope_scaling"])
    throw new FileError(
      place,
      `rope_parameters.${reach}: expected rope_type "default", got ${JSON.stringify(kind)}`,
    );
  return configReader(settings, place).number(
    "rope_theta",
    configReader(json, place).number(older, fallback),
  );
}

/** How each kind of layer sees: what is added to its scores, and the turns of its positions. */
type Sight = Readonly<Record<Reach, { readonly bias: Value; readonly turns: Rotation }>>;

function encode(config: ModernBertConfig, inputs: EncoderInputs, mode: BuildMode): EncoderRun {
  const { ids, packing } = inputs;
  const { layers, rotaryBase, hiddenSize, headCount, windowReach } = config;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const turns = (base: number): Rotation => {
    const size = hiddenSize / headCount;
    const frequencies = Array.from({ length: size / 2 }, (_, i) => base ** ((-2 * i) / size));
    return rotation(packing?.positions ?? range(sequence), frequencies);
  };
  const bias = textBias(inputs);
  const sight: Sight = {
    full_attention: { bias, turns: turns(rotaryBase.full_attention) },
    sliding_attention: { bias: windowBias(bias, windowReach), turns: turns(rotaryBase.sliding_attention) },
  };
  const words = embedding(wordTable(config), ids, config.paddingId);
  const normed = norm(
    config,
    reshape(words, [multiplyDimensions(batch, sequence), hiddenSize]),
    "embeddings.norm",
  );
  let rows = dropout(normed, config.embeddingDropout, mode);
  const hiddenStates = [rows];
  const attentions: Value[] = [];
  const vectors: AttentionVectors[] = [];
  for (const [i, reach] of layers.entries()) {
    const result = layer(config, i, rows, batch, sight[reach], mode);
    rows = i === layers.length - 1 ? norm(config, result.rows, "norm") : result.rows;
    hiddenStates.push(rows);
    attentions.push(result.probabilities);
    vectors.push(result.vectors);
  }
  return { hiddenStates, attentions, vectors };
}

/** Attention and gated feed-forward, each with its norm in front; the first layer finds its rows normed already. */
function layer(
  config: ModernBertConfig,
  index: number,
  x: Value, // [batch*sequence, hidden]
  batch: Dimension,
  { bias, turns }: Sight[Reach],
  mode: BuildMode,
): { rows: Value; probabilities: Value; vectors: AttentionVectors } {
  const { hiddenSize, headCount, feedForwardSize, attentionDropout } = config;
  const name = `layers.${index}`;
  const sequence = divideDimensions(sizeAt(x, 0), batch);
  const attentionLinear = config.attentionBias ? linear : unbiasedLinear;
  const feedForwardLinear = config.feedForwardBias ? linear : unbiasedLinear;
  const outDeviation = outputDeviation(config);

  const normed = index === 0 ? x : norm(config, x, `${name}.attention.norm`);
  const input = attentionLinear(normed, `${name}.attention.input`, 3 * hiddenSize, config.initialDeviation);
  const [query, key, value] = split(input, 1, [hiddenSize, hiddenSize, hiddenSize]).map((part) =>
    splitHeads(part, batch, sequence, headCount),
  );
  const vectors = { query: rotate(query!, turns), key: rotate(key!, turns), value: value! };
  const { output, probabilities } = attend(
    vectors.query,
    vectors.key,
    vectors.value,
    { dropoutRate: attentionDropout, bias },
    mode,
  );
  const attended = attentionLinear(output, `${name}.attention.output`, hiddenSize, outDeviation);
  const informed = add(x, dropout(attended, attentionDropout, mode));

  const before = norm(config, informed, `${name}.feedForward.norm`);
  const inner = feedForwardLinear(
    before,
    `${name}.feedForward.inner`,
    2 * feedForwardSize,
    config.initialDeviation,
  );
  const [active, gate] = split(inner, 1, [feedForwardSize, feedForwardSize]);
  const gated = multiply(activation(config.activation)(active!), gate!);
  const kept = dropout(gated, config.feedForwardDropout, mode);
  const outer = feedForwardLinear(kept, `${name}.feedForward.outer`, hiddenSize, outDeviation);
  return { rows: add(informed, outer), probabilities, vectors };
}

function heads(config: ModernBertConfig): HeadBuilders {
  const { hiddenSize, classifierDropout, vocabularySize } = config;
  const transform = (rows: Value): Value => {
    const dense = (config.headBias ? linear : unbiasedLinear)(
      rows,
      "head.transform",
      hiddenSize,
      outputDeviation(config),
    );
    return norm(config, activation(config.headActivation)(dense), "head.norm");
  };
  const classify = (rows: Value, labelCount: number, mode: BuildMode): Value =>
    linear(dropout(transform(rows), classifierDropout, mode), "classifier", labelCount, hiddenSize ** -0.5);
  const ofTokens = ({ rows, mode, batch, sequence }: HeadParts, labelCount: number): Value =>
    reshape(classify(rows, labelCount, mode), [batch, sequence, labelCount]);
  const words = (rows: Value): Value => {
    const table = config.isTied
      ? wordTable(config)
      : embeddingTable("prediction", vocabularySize, hiddenSize, outputDeviation(config));
    if (!config.wordBias) return matmul(transform(rows), table, { transposeB: true });
    const bias = parameter("prediction.bias", [vocabularySize], { kind: "fill", value: 0 });
    return matmul(transform(rows), table, { transposeB: true, bias });
  };
  return {
    none: ({ lastHidden }) => ({ lastHidden }),
    "masked-lm": (parts) => ({ logits: wordLogits(parts, words) }),
    "sequence-classification": (parts) => ({
      logits: classify(pooled(config, parts), parts.labelCount, parts.mode),
    }),
    "token-classification": (parts) => ({ logits: ofTokens(parts, parts.labelCount) }),
    "span-extraction": (parts) => sidesOf(ofTokens(parts, 2)),
    "multiple-choice": (parts) => ({
      logits: reshape(classify(pooled(config, parts), 1, parts.mode), parts.inputs.ids.shape.slice(0, 2)),
    }),
  };
}

/** The first token's last hidden state, or the mean over all tokens: `[batch, hidden]`. */
function pooled({ pooling }: ModernBertConfig, { inputs, lastHidden, first }: HeadParts): Value {
  if (pooling === "cls") return first();
  const [batch, sequence, hiddenSize] = lastHidden.shape as [Dimension, Dimension, number];
  const weights = reshape(cast(inputs.mask, "float32"), [batch, sequence, 1]);
  const mean = divide(sum(multiply(lastHidden, weights), [1]), sum(weights, [1])); // [batch, 1, hidden]
  return reshape(mean, [batch, hiddenSize]);
}

function norm({ normBias, normEpsilon }: ModernBertConfig, x: Value, name: string): Value {
  return (normBias ? layerNorm : unbiasedLayerNorm)(x, name, normEpsilon);
}

function wordTable({ vocabularySize, hiddenSize, initialDeviation }: ModernBertConfig): Value {
  return embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation);
}

/** What is added to the residual stream starts smaller the more layers there are. */
function outputDeviation({ initialDeviation, layers }: ModernBertConfig): number {
  return initialDeviation / Math.sqrt(2 * layers.length);
}
