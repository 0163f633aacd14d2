import { FileError, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import {
  add,
  cast,
  type Dimension,
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
  dropout,
  embedding,
  embeddingTable,
  layerNorm,
  linear,
  type PositionRows,
  type PositionTable,
  positionRows,
  postNormFeedForward,
  sameText,
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
import type { ConfigChanges, Network } from "./model.js";

// What both versions of DeBERTa share: the keys of their config.json, what modules are called in checkpoints, the
// embeddings, the layers around attention, and the heads.

export interface DebertaConfig {
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
  /** The table of distances; undefined where attention knows nothing of positions. */
  readonly distances: DistanceConfig | undefined;
  /** Which of the position scores there are; the scale counts them even where there are no distances. */
  readonly contentToPosition: boolean;
  readonly positionToContent: boolean;
  readonly activation: string;
  readonly poolerActivation: string;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly poolerDropout: number;
  readonly classifierDropout: number;
  /** Whether the head that predicts words is the one of transformers before it followed the paper. */
  readonly olderWordHead: boolean;
  readonly isTied: boolean;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
}

export interface DistanceConfig extends PositionTable {
  readonly isNormed: boolean;
}

/** Read the keys of config.json that both versions have; `place` is its path. */
export function readDebertaConfig(json: JsonObject, place: string): DebertaConfig {
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
    distances: read.boolean("relative_attention", false) ? readDistances(json, place) : undefined,
    contentToPosition: hasType("c2p"),
    positionToContent: hasType("p2c"),
    activation: read.string("hidden_act", "gelu"),
    poolerActivation: read.string("pooler_hidden_act", "gelu"),
    hiddenDropout,
    attentionDropout: read.number("attention_probs_dropout_prob", 0.1),
    poolerDropout: read.number("pooler_dropout", 0),
    classifierDropout: read.number("cls_dropout", hiddenDropout),
    olderWordHead: read.boolean("legacy", true),
    isTied: read.boolean("tie_word_embeddings", true),
    normEpsilon: read.number("layer_norm_eps", 1e-7),
    initialDeviation: read.number("initializer_range", 0.02),
  };
}

function readDistances(json: JsonObject, place: string): DistanceConfig {
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
    isNormed: norms.some((norm) => norm.trim() === "layer_norm"),
  };
}

/** What to put over config.json for other settings. */
export function debertaOverrides({ vocabularySize, dropout: rate, layerCount }: ConfigChanges): JsonObject {
  return {
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(layerCount === undefined ? {} : { num_hidden_layers: layerCount }),
    ...(rate === undefined
      ? {}
      : {
          ...{ hidden_dropout_prob: rate, attention_probs_dropout_prob: rate },
          ...{ pooler_dropout: rate, cls_dropout: rate },
        }),
  };
}

type Row = readonly [own: string, foreign: string];

/** The modules of the encoder but for those of attention: our names, and those of checkpoints. */
export const debertaModules: readonly Row[] = [
  ["embeddings.word", "embeddings.word_embeddings"],
  ["embeddings.position", "embeddings.position_embeddings"],
  ["embeddings.segment", "embeddings.token_type_embeddings"],
  ["embeddings.projection", "embeddings.embed_proj"],
  ["embeddings.norm", "embeddings.LayerNorm"],
  ["embeddings.distance", "encoder.rel_embeddings"],
  ["layers.{n}.attention.output", "encoder.layer.{n}.attention.output.dense"],
  ["layers.{n}.attention.norm", "encoder.layer.{n}.attention.output.LayerNorm"],
  ["layers.{n}.feedForward.inner", "encoder.layer.{n}.intermediate.dense"],
  ["layers.{n}.feedForward.outer", "encoder.layer.{n}.output.dense"],
  ["layers.{n}.feedForward.norm", "encoder.layer.{n}.output.LayerNorm"],
];

/** The modules of the heads. */
export const debertaHeads: readonly Row[] = [
  ["pooler", "pooler.dense"],
  ["classifier", "classifier"],
  ["spans", "qa_outputs"],
  ["prediction.transform", "lm_predictions.lm_head.dense"],
  ["prediction.norm", "lm_predictions.lm_head.LayerNorm"],
  ["prediction", "lm_predictions.lm_head"],
  ["olderPrediction.transform", "cls.predictions.transform.dense"],
  ["olderPrediction.norm", "cls.predictions.transform.LayerNorm"],
  ["olderPrediction", "cls.predictions"],
];

/** Names under which checkpoints hold the same arrays once more. */
export const debertaAliases: readonly Row[] = [
  ["embeddings.word", "cls.predictions.decoder"],
  ["olderPrediction", "cls.predictions.decoder"],
];

/** What differs between the versions. */
export interface DebertaParts {
  readonly name: string;
  /** Attention in a layer, for rows `[batch*sequence, hidden]`. */
  attention(x: Value, name: string, surroundings: Surroundings, mode: BuildMode): Attended;
  /** What becomes of what the first layer gives, beside the embeddings. Default: it stays so. */
  afterFirst?(rows: Value, embedded: Value, mask: Value, mode: BuildMode): Value;
}

/** What the layers share. */
export interface Surroundings {
  readonly batch: Dimension;
  /** Which tokens see which. */
  readonly visible: Value; // [batch, 1, query, key]
  readonly positions: Positions | undefined;
}

export interface Positions extends PositionRows {
  readonly table: Value; // [2*span, hidden]
}

/** The network of a DeBERTa. */
export function debertaNetwork(config: DebertaConfig, parts: DebertaParts): Network {
  const { vocabularySize, layerCount, hiddenSize, addsPositions, positionCount } = config;
  const { name } = parts;
  return {
    vocabularySize,
    layerCount,
    hiddenSize,
    maxLength: addsPositions ? positionCount : Infinity,
    packs: parts.afterFirst === undefined, // a convolution would see the neighbours of a text
    description: `${name}, ${layerCount} layers x ${hiddenSize}`,
    build: (...asked) =>
      buildWholeEncoder(
        {
          name,
          hiddenSize,
          run: (inputs, mode) => encode(config, parts, inputs, mode),
          heads: heads(config),
        },
        ...asked,
      ),
  };
}

function encode(
  config: DebertaConfig,
  { attention, afterFirst }: DebertaParts,
  inputs: EncoderInputs,
  mode: BuildMode,
): EncoderRun {
  const { mask, packing } = inputs;
  const { layerCount, hiddenSize, distances, initialDeviation: deviation } = config;
  const [batch, sequence] = [sizeAt(mask, 0), sizeAt(mask, 1)];
  const surroundings: Surroundings = {
    batch,
    visible: packing === undefined ? tokenPairs(mask) : sameText(packing.texts),
    positions: distances && positionsOf(config, distances, sequence),
  };
  const embedded = embed(config, inputs, mode);
  let rows = embedded;
  const hiddenStates = [rows];
  const attentions: Value[] = [];
  for (let i = 0; i < layerCount; i++) {
    const name = `layers.${i}`;
    const { output, probabilities } = attention(rows, `${name}.attention`, surroundings, mode);
    const result = linear(output, `${name}.attention.output`, hiddenSize, deviation);
    const attended = addAndNorm(rows, result, `${name}.attention.norm`, config, mode);
    rows = postNormFeedForward(attended, `${name}.feedForward`, config, mode);
    if (i === 0) rows = afterFirst?.(rows, embedded, mask, mode) ?? rows;
    hiddenStates.push(rows);
    attentions.push(probabilities);
  }
  return { hiddenStates, attentions };
}

/** Words, and where told positions and segments, added up, normed, and nothing at padding: `[batch*sequence, hidden]`. */
function embed(
  config: DebertaConfig,
  { ids, mask, typeIds, packing }: EncoderInputs,
  mode: BuildMode,
): Value {
  const { embeddingSize, hiddenSize, positionCount, segmentCount, initialDeviation: deviation } = config;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const table = (name: string, count: number): Value =>
    embeddingTable(`embeddings.${name}`, count, embeddingSize, deviation);
  let sum = embedding(wordTable("embeddings", config), ids, config.paddingId); // [batch, sequence, embedding]
  if (config.addsPositions) {
    const places = table("position", positionCount);
    sum = add(sum, packing === undefined ? slice(places, 0, 0, sequence) : gather(places, packing.positions));
  }
  if (segmentCount > 0) sum = add(sum, embedding(table("segment", segmentCount), typeIds));
  const rows = reshape(sum, [multiplyDimensions(batch, sequence), embeddingSize]);
  const wide =
    embeddingSize === hiddenSize
      ? rows
      : unbiasedLinear(rows, "embeddings.projection", hiddenSize, deviation);
  const normed = layerNorm(wide, "embeddings.norm", config.normEpsilon);
  return dropout(multiply(normed, tokenColumn(mask)), config.hiddenDropout, mode);
}

function positionsOf(config: DebertaConfig, distances: DistanceConfig, sequence: Dimension): Positions {
  const { hiddenSize, normEpsilon, initialDeviation } = config;
  const learnt = embeddingTable("embeddings.distance", 2 * distances.span, hiddenSize, initialDeviation);
  const table = distances.isNormed ? layerNorm(learnt, "embeddings.distance.norm", normEpsilon) : learnt;
  return { table, ...positionRows(sequence, distances) };
}

/** 1 for a token, 0 for padding: `[batch*sequence, 1]`. */
export function tokenColumn(mask: Value): Value {
  return cast(reshape(mask, [multiplyDimensions(sizeAt(mask, 0), sizeAt(mask, 1)), 1]), "float32");
}

function heads(config: DebertaConfig): HeadBuilders {
  const { hiddenSize, poolerDropout, hiddenDropout, classifierDropout, initialDeviation: deviation } = config;
  const pooler = (first: Value, mode: BuildMode): Value =>
    activation(config.poolerActivation)(
      linear(dropout(first, poolerDropout, mode), "pooler", hiddenSize, deviation),
    );
  const words = (rows: Value): Value => {
    if (config.olderWordHead && !config.isTied)
      throw new OptionError(
        "tie_word_embeddings: expected an output matrix that is the table of word embeddings",
      );
    const name = config.olderWordHead ? "olderPrediction" : "prediction";
    return vocabularyHead(rows, name, wordTable("embeddings", config), config);
  };
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
