// DeBERTa-v2 and -v3 (He et al. 2021, https://arxiv.org/abs/2111.09543): attention that keeps content and relative
// positions apart, distances in buckets that widen, and in the large models a convolution beside the first layer.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import {
  add,
  cast,
  type Dimension,
  divideDimensions,
  gather,
  multiply,
  multiplyDimensions,
  reshape,
  sizeAt,
  slice,
  type Value,
} from "../engine/index.js";
import {
  type Attended,
  activation,
  addAndNorm,
  type BuildMode,
  convolution,
  disentangledAttention,
  dropout,
  embedding,
  embeddingTable,
  layerNorm,
  linear,
  type PositionRows,
  type PositionTable,
  positionRows,
  postNormFeedForward,
  splitHeads,
  tokenPairs,
  unbiasedLinear,
  vocabularyHead,
  wordTable,
} from "../nn/index.js";
import { configReader } from "./config.js";
import {
  buildWholeEncoder,
  type EncoderInputs,
  type EncoderRun,
  type HeadBuilders,
  labelHeads,
  wordLogits,
} from "./encoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

interface DebertaConfig {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly feedForwardSize: number;
  /** Whether embeddings of absolute positions are added to those of words, and how many there are. */
  readonly addsPositions: boolean;
  readonly positionCount: number;
  readonly segmentCount: number;
  readonly paddingId: number;
  /** Undefined where attention knows nothing of positions. */
  readonly relative: RelativeConfig | undefined;
  /** Which of the position scores there are; the scale counts them even where `relative` is missing. */
  readonly contentToPosition: boolean;
  readonly positionToContent: boolean;
  readonly convolution: ConvolutionConfig | undefined;
  readonly activation: string;
  readonly poolerActivation: string;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly poolerDropout: number;
  readonly classifierDropout: number;
  /** Whether the head that predicts words is the one of transformers before it followed the paper. */
  readonly olderWordHead: boolean;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
}

interface RelativeConfig extends PositionTable {
  /** Whether positions go through the projections of content or through their own. */
  readonly sharesProjections: boolean;
  readonly isNormed: boolean;
}

interface ConvolutionConfig {
  readonly kernelSize: number;
  readonly groupCount: number;
  readonly activation: string;
}

export const debertaV2: Architecture = {
  modelType: "deberta-v2",
  classNames: new Map<Head, string>([
    ["none", "DebertaV2Model"],
    ["masked-lm", "DebertaV2ForMaskedLM"],
    ["sequence-classification", "DebertaV2ForSequenceClassification"],
    ["token-classification", "DebertaV2ForTokenClassification"],
    ["span-extraction", "DebertaV2ForQuestionAnswering"],
    ["multiple-choice", "DebertaV2ForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "deberta.",
    modules: [
      ["embeddings.word", "embeddings.word_embeddings"],
      ["embeddings.position", "embeddings.position_embeddings"],
      ["embeddings.segment", "embeddings.token_type_embeddings"],
      ["embeddings.projection", "embeddings.embed_proj"],
      ["embeddings.norm", "embeddings.LayerNorm"],
      ["positions", "encoder.rel_embeddings"],
      ["positions.norm", "encoder.LayerNorm"],
      ["convolution", "encoder.conv.conv"],
      ["convolution.norm", "encoder.conv.LayerNorm"],
      ["layers.{n}.attention.query", "encoder.layer.{n}.attention.self.query_proj"],
      ["layers.{n}.attention.key", "encoder.layer.{n}.attention.self.key_proj"],
      ["layers.{n}.attention.value", "encoder.layer.{n}.attention.self.value_proj"],
      ["layers.{n}.attention.positionQuery", "encoder.layer.{n}.attention.self.pos_query_proj"],
      ["layers.{n}.attention.positionKey", "encoder.layer.{n}.attention.self.pos_key_proj"],
      ["layers.{n}.attention.output", "encoder.layer.{n}.attention.output.dense"],
      ["layers.{n}.attention.norm", "encoder.layer.{n}.attention.output.LayerNorm"],
      ["layers.{n}.feedForward.inner", "encoder.layer.{n}.intermediate.dense"],
      ["layers.{n}.feedForward.outer", "encoder.layer.{n}.output.dense"],
      ["layers.{n}.feedForward.norm", "encoder.layer.{n}.output.LayerNorm"],
    ],
    heads: [
      ["pooler", "pooler.dense"],
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
      ["prediction.transform", "lm_predictions.lm_head.dense"],
      ["prediction.norm", "lm_predictions.lm_head.LayerNorm"],
      ["prediction", "lm_predictions.lm_head"],
      ["olderPrediction.transform", "cls.predictions.transform.dense"],
      ["olderPrediction.norm", "cls.predictions.transform.LayerNorm"],
      ["olderPrediction", "cls.predictions"],
    ],
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: ({ vocabularySize, dropout: rate }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(rate === undefined
      ? {}
      : {
          hidden_dropout_prob: rate,
          attention_probs_dropout_prob: rate,
          pooler_dropout: rate,
          cls_dropout: rate,
        }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, addsPositions, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: addsPositions ? positionCount : Infinity,
      description: `DeBERTa-v2, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) =>
        buildWholeEncoder(
          {
            name: "DeBERTa-v2",
            hiddenSize,
            run: (inputs, mode) => encode(config, inputs, mode),
            heads: heads(config),
          },
          ...asked,
        ),
    };
  },
};

function readConfig(json: JsonObject, place: string): DebertaConfig {
  const read = configReader(json, place);
  const [hiddenSize, headCount] = [read.integer("hidden_size"), read.integer("num_attention_heads")];
  const hiddenDropout = read.number("hidden_dropout_prob", 0.1);
  const types = json["pos_att_type"] ?? [];
  const typeNames =
    typeof types === "string" ? types.toLowerCase().split("|") : Array.isArray(types) ? types : [];
  const hasType = (name: string): boolean => typeNames.some((type) => String(type).trim() === name);
  if (hiddenSize % headCount !== 0)
    throw new FileError(
      place,
      `hidden_size: expected a multiple of num_attention_heads (${headCount}), got ${hiddenSize}`,
    );
  return {
    vocabularySize: read.integer("vocab_size"),
    embeddingSize: read.integer("embedding_size", hiddenSize),
    hiddenSize,
    layerCount: read.integer("num_hidden_layers"),
    headCount,
    feedForwardSize: read.integer("intermediate_size"),
    addsPositions: read.boolean("position_biased_input", true),
    positionCount: read.integer("max_position_embeddings", 512),
    segmentCount: read.number("type_vocab_size", 0),
    paddingId: read.number("pad_token_id", 0),
    relative: read.boolean("relative_attention", false) ? readRelative(json, place) : undefined,
    contentToPosition: hasType("c2p"),
    positionToContent: hasType("p2c"),
    convolution: readConvolution(json, hiddenSize, place),
    activation: read.string("hidden_act", "gelu"),
    poolerActivation: read.string("pooler_hidden_act", "gelu"),
    hiddenDropout,
    attentionDropout: read.number("attention_probs_dropout_prob", 0.1),
    poolerDropout: read.number("pooler_dropout", 0),
    classifierDropout: read.number("cls_dropout", hiddenDropout),
    olderWordHead: read.boolean("legacy", true),
    normEpsilon: read.number("layer_norm_eps", 1e-7),
    initialDeviation: read.number("initializer_range", 0.02),
  };
}

function readRelative(json: JsonObject, place: string): RelativeConfig {
  const read = configReader(json, place);
  /** A size that is left out, or written as -1, where there is none. */
  const optional = (key: string): number | undefined =>
    json[key] === undefined || Number(json[key]) < 1 ? undefined : read.integer(key);
  const maxDistance = optional("max_relative_positions") ?? read.integer("max_position_embeddings", 512);
  const bucketCount = optional("position_buckets");
  const norms = read.string("norm_rel_ebd", "none").toLowerCase().split("|");
  return {
    span: bucketCount ?? maxDistance,
    bucketCount,
    maxDistance,
    sharesProjections: read.boolean("share_att_key", false),
    isNormed: norms.some((norm) => norm.trim() === "layer_norm"),
  };
}

function readConvolution(json: JsonObject, hiddenSize: number, place: string): ConvolutionConfig | undefined {
  const read = configReader(json, place);
  const kernelSize = read.number("conv_kernel_size", 0);
  if (kernelSize === 0) return undefined;
  const groupCount = read.integer("conv_groups", 1);
  if (kernelSize % 2 !== 1)
    throw new FileError(place, `conv_kernel_size: expected an odd number, got ${kernelSize}`);
  if (hiddenSize % groupCount !== 0)
    throw new FileError(
      place,
      `conv_groups: expected a divisor of hidden_size (${hiddenSize}), got ${groupCount}`,
    );
  return { kernelSize, groupCount, activation: read.string("conv_act", "tanh") };
}

/** What the layers share. */
interface Surroundings {
  readonly batch: Dimension;
  /** Which tokens see which. */
  readonly visible: Value; // [batch, 1, query, key]
  readonly positions: Positions | undefined;
}

interface Positions extends PositionRows {
  readonly table: Value; // [2*span, hidden]
}

function encode(config: DebertaConfig, inputs: EncoderInputs, mode: BuildMode): EncoderRun {
  const { mask } = inputs;
  const [batch, sequence] = [sizeAt(mask, 0), sizeAt(mask, 1)];
  const { relative } = config;
  const surroundings: Surroundings = {
    batch,
    visible: tokenPairs(mask),
    positions: relative && positionsOf(config, relative, sequence),
  };
  const embedded = embed(config, inputs, mode);
  let rows = embedded;
  const hiddenStates = [rows];
  const attentions: Value[] = [];
  for (let i = 0; i < config.layerCount; i++) {
    const result = layer(config, `layers.${i}`, rows, surroundings, mode);
    rows =
      i === 0 && config.convolution !== undefined
        ? besideConvolution(config, config.convolution, embedded, result.rows, mask, mode)
        : result.rows;
    hiddenStates.push(rows);
    attentions.push(result.probabilities);
  }
  return { hiddenStates, attentions };
}

/** Words, and where told positions and segments, added up, normed, and nothing at padding: `[batch*sequence, hidden]`. */
function embed(config: DebertaConfig, { ids, mask, typeIds }: EncoderInputs, mode: BuildMode): Value {
  const { embeddingSize, hiddenSize, positionCount, segmentCount, initialDeviation: deviation } = config;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const table = (name: string, count: number): Value =>
    embeddingTable(`embeddings.${name}`, count, embeddingSize, deviation);
  let sum = embedding(wordTable("embeddings", config), ids, config.paddingId); // [batch, sequence, embedding]
  if (config.addsPositions) sum = add(sum, slice(table("position", positionCount), 0, 0, sequence));
  if (segmentCount > 0) sum = add(sum, embedding(table("segment", segmentCount), typeIds));
  const rows = reshape(sum, [multiplyDimensions(batch, sequence), embeddingSize]);
  const wide =
    embeddingSize === hiddenSize
      ? rows
      : unbiasedLinear(rows, "embeddings.projection", hiddenSize, deviation);
  const normed = layerNorm(wide, "embeddings.norm", config.normEpsilon);
  return dropout(multiply(normed, tokenColumn(mask)), config.hiddenDropout, mode);
}

function positionsOf(config: DebertaConfig, relative: RelativeConfig, sequence: Dimension): Positions {
  const learnt = embeddingTable("positions", 2 * relative.span, config.hiddenSize, config.initialDeviation);
  const table = relative.isNormed ? layerNorm(learnt, "positions.norm", config.normEpsilon) : learnt;
  return { table, ...positionRows(sequence, relative) };
}

/** Attention and feed-forward, each added to what came in and normed. */
function layer(
  config: DebertaConfig,
  name: string,
  x: Value, // [batch*sequence, hidden]
  surroundings: Surroundings,
  mode: BuildMode,
): { rows: Value; probabilities: Value } {
  const { output, probabilities } = selfAttention(config, `${name}.attention`, x, surroundings, mode);
  const result = linear(output, `${name}.attention.output`, config.hiddenSize, config.initialDeviation);
  const attended = addAndNorm(x, result, `${name}.attention.norm`, config, mode);
  return { rows: postNormFeedForward(attended, `${name}.feedForward`, config, mode), probabilities };
}

function selfAttention(
  config: DebertaConfig,
  name: string,
  x: Value,
  { batch, visible, positions }: Surroundings,
  mode: BuildMode,
): Attended {
  const { hiddenSize, headCount, relative, contentToPosition, positionToContent } = config;
  const project = (rows: Value, part: string): Value =>
    linear(rows, `${name}.${part}`, hiddenSize, config.initialDeviation);
  const sequence = divideDimensions(sizeAt(x, 0), batch);
  const headsOf = (part: string): Value => splitHeads(project(x, part), batch, sequence, headCount);
  const partCount = 1 + Number(contentToPosition) + Number(positionToContent);
  const table = positions && dropout(positions.table, config.hiddenDropout, mode);
  const ownOr = (own: string, shared: string): string => (relative?.sharesProjections ? shared : own);
  return disentangledAttention(
    headsOf("query"),
    headsOf("key"),
    headsOf("value"),
    {
      ...(positions && table && contentToPosition
        ? { keys: gather(project(table, ownOr("positionKey", "key")), positions.rows) }
        : {}),
      ...(positions && table && positionToContent
        ? { queries: gather(project(table, ownOr("positionQuery", "query")), positions.oppositeRows) }
        : {}),
    },
    {
      visible,
      scale: 1 / Math.sqrt((hiddenSize / headCount) * partCount),
      dropoutRate: config.attentionDropout,
    },
    mode,
  );
}

/** What the first layer gives, with a convolution of the embeddings added: `[batch*sequence, hidden]`. */
function besideConvolution(
  { hiddenSize, hiddenDropout, normEpsilon, initialDeviation }: DebertaConfig,
  { kernelSize, groupCount, activation: name }: ConvolutionConfig,
  embedded: Value,
  rows: Value,
  mask: Value,
  mode: BuildMode,
): Value {
  const isToken = tokenColumn(mask);
  const texts = reshape(embedded, [sizeAt(mask, 0), sizeAt(mask, 1), hiddenSize]);
  const options = { outSize: hiddenSize, kernelSize, groupCount, deviation: initialDeviation };
  const convolved = reshape(convolution(texts, "convolution", options), rows.shape);
  const active = activation(name)(dropout(multiply(convolved, isToken), hiddenDropout, mode));
  return multiply(layerNorm(add(rows, active), "convolution.norm", normEpsilon), isToken);
}

/** 1 for a token, 0 for padding: `[batch*sequence, 1]`. */
function tokenColumn(mask: Value): Value {
  return cast(reshape(mask, [multiplyDimensions(sizeAt(mask, 0), sizeAt(mask, 1)), 1]), "float32");
}

function heads(config: DebertaConfig): HeadBuilders {
  const { hiddenSize, poolerDropout, hiddenDropout, classifierDropout, initialDeviation: deviation } = config;
  const pooler = (first: Value, mode: BuildMode): Value =>
    activation(config.poolerActivation)(
      linear(dropout(first, poolerDropout, mode), "pooler", hiddenSize, deviation),
    );
  const predictor = config.olderWordHead ? "olderPrediction" : "prediction";
  const words = (rows: Value): Value =>
    vocabularyHead(rows, predictor, wordTable("embeddings", config), config);
  return {
    none: ({ lastHidden }) => ({ lastHidden }),
    "masked-lm": (parts) => ({ logits: wordLogits(parts, words) }),
    ...labelHeads({
      classifierDropout: hiddenDropout,
      initialDeviation: deviation,
      summary: (first, mode) => dropout(pooler(first, mode), classifierDropout, mode),
    }),
  };
}
