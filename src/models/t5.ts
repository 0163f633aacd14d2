// T5 (Raffel et al. 2019, https://arxiv.org/abs/1910.10683), its version 1.1 with gated feed-forwards
// (Shazeer 2020, https://arxiv.org/abs/2002.05202) and mT5 (Xue et al. 2020, https://arxiv.org/abs/2010.11934):
// an encoder and a decoder of pre-norm layers without biases; distances between tokens instead of positions.
// Rows are [batch*length, hidden] between attentions.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import {
  add,
  type Dimension,
  divideDimensions,
  matmul,
  multiply,
  multiplyDimensions,
  reshape,
  sizeAt,
  subtract,
  type Value,
} from "../engine/index.js";
import {
  type AttendedWithPast,
  activation,
  attend,
  attendWithPast,
  type BuildMode,
  bucketedBias,
  dropout,
  embedding,
  embeddingTable,
  type KeyValue,
  type PastKeyValue,
  rmsNorm,
  splitHeads,
  unbiasedLinear,
} from "../nn/index.js";
import { configReader } from "./config.js";
import { labelHeads } from "./encoder.js";
import {
  buildEncoderDecoder,
  type EncoderDecoderParts,
  shiftedTarget,
  stepwiseDecoder,
  textHeads,
} from "./encoder-decoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";
import type { Side, SideLayerInputs, SideLayerOutputs } from "./side.js";

interface T5Config {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly encoderLayerCount: number;
  readonly decoderLayerCount: number;
  readonly headCount: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  readonly isGated: boolean;
  readonly activation: string;
  readonly bucketCount: number;
  readonly maxDistance: number;
  readonly dropoutRate: number;
  readonly classifierDropout: number;
  readonly normEpsilon: number;
  readonly paddingId: number;
  readonly startId: number;
  readonly endId: number;
  /** Whether the output layer is the table of word embeddings. */
  readonly isTied: boolean;
  /** What the decoder's result is multiplied by in front of the output layer. */
  readonly outputScale: number;
  /** The deviation of new weights: of a matrix, times the root of its inputs. */
  readonly initialFactor: number;
}

export const t5: Architecture = architecture("t5", "T5", "T5");
export const mt5: Architecture = architecture("mt5", "mT5", "MT5");

/** T5 and mT5 differ in what their configuration leaves unsaid. */
function architecture(modelType: "t5" | "mt5", title: string, classPrefix: string): Architecture {
  return {
    modelType,
    classNames: new Map<Head, string>([
      ["none", `${classPrefix}EncoderModel`],
      ["sequence-to-sequence", `${classPrefix}ForConditionalGeneration`],
      ["sequence-classification", `${classPrefix}ForSequenceClassification`],
      ["token-classification", `${classPrefix}ForTokenClassification`],
      ["span-extraction", `${classPrefix}ForQuestionAnswering`],
    ]),
    names: names(),
    wordEmbeddings: "embeddings.word.weight",
    overrides: ({ vocabularySize, dropout: rate }) => ({
      ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
      ...(rate === undefined ? {} : { dropout_rate: rate }),
    }),
    readConfig(json, place) {
      const config = readConfig(json, place, modelType);
      const { vocabularySize, hiddenSize, encoderLayerCount, decoderLayerCount, startId, paddingId } = config;
      const parts = partsOf(config, title);
      return {
        vocabularySize,
        hiddenSize,
        layerCount: encoderLayerCount + decoderLayerCount,
        encoderLayerCount,
        maxLength: Infinity,
        description: `${title}, ${encoderLayerCount} + ${decoderLayerCount} layers x ${hiddenSize}`,
        build: (...asked) => buildEncoderDecoder(parts, ...asked),
        decoderInput: (target) => shiftedTarget(target, startId, paddingId),
        decoder: stepwiseDecoder(parts),
      };
    },
  };
}

type Row = readonly [own: string, foreign: string];

function names(): Architecture["names"] {
  const attention = (ours: string, theirs: string): Row[] => [
    [`${ours}.query`, `${theirs}.q`],
    [`${ours}.key`, `${theirs}.k`],
    [`${ours}.value`, `${theirs}.v`],
    [`${ours}.output`, `${theirs}.o`],
  ];
  const side = (name: string, lastPart: number): Row[] => {
    const [ours, theirs] = [`${name}.layers.{n}`, `${name}.block.{n}.layer`];
    const feedForward = `${theirs}.${lastPart}.DenseReluDense`;
    return [
      [`${name}.positions`, `${name}.block.0.layer.0.SelfAttention.relative_attention_bias`],
      ...attention(`${ours}.attention`, `${theirs}.0.SelfAttention`),
      [`${ours}.attention.norm`, `${theirs}.0.layer_norm`],
      [`${ours}.feedForward.inner`, `${feedForward}.wi`],
      [`${ours}.feedForward.gate`, `${feedForward}.wi_0`],
      [`${ours}.feedForward.linear`, `${feedForward}.wi_1`],
      [`${ours}.feedForward.outer`, `${feedForward}.wo`],
      [`${ours}.feedForward.norm`, `${theirs}.${lastPart}.layer_norm`],
      [`${name}.norm`, `${name}.final_layer_norm`],
    ];
  };
  return nameTable({
    prefix: "",
    prefixes: { "sequence-classification": "transformer.", "token-classification": "transformer." },
    modules: [
      ["embeddings.word", "shared"],
      ...side("encoder", 1),
      ...side("decoder", 2),
      ...attention("decoder.layers.{n}.sourceAttention", "decoder.block.{n}.layer.1.EncDecAttention"),
      ["decoder.layers.{n}.sourceAttention.norm", "decoder.block.{n}.layer.1.layer_norm"],
    ],
    heads: [
      ["output", "lm_head"],
      ["summary", "classification_head.dense"],
      ["sequenceClassifier", "classification_head.out_proj"],
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
    ],
    aliases: [
      ["embeddings.word", "encoder.embed_tokens"],
      ["embeddings.word", "decoder.embed_tokens"],
      ["embeddings.word", "lm_head"],
    ],
  });
}

function readConfig(json: JsonObject, place: string, modelType: "t5" | "mt5"): T5Config {
  const read = configReader(json, place);
  const isMultilingual = modelType === "mt5";
  const paddingId = read.number("pad_token_id", 0);
  const layerCount = read.integer("num_layers", isMultilingual ? 8 : 6);
  const hiddenSize = read.integer("d_model", 512);
  const feedForward = read.string("feed_forward_proj", isMultilingual ? "gated-gelu" : "relu");
  const [, gated, name] = /^(gated-)?(\w+)$/.exec(feedForward) ?? [];
  if (name === undefined)
    throw new FileError(place, `feed_forward_proj: expected "relu" or "gated-gelu", got ${feedForward}`);
  // Version 1.1 and mT5 have an output layer of their own. Python's transformers writes `scale_decoder_outputs` for
  // what used to be read off `tie_word_embeddings`.
  const isTied = read.boolean("tie_word_embeddings", true);
  const isScaled = !isMultilingual && read.boolean("scale_decoder_outputs", isTied);
  return {
    vocabularySize: read.integer("vocab_size", isMultilingual ? 250112 : 32128),
    hiddenSize,
    encoderLayerCount: layerCount,
    decoderLayerCount: read.integer("num_decoder_layers", layerCount),
    headCount: read.integer("num_heads", isMultilingual ? 6 : 8),
    headSize: read.integer("d_kv", 64),
    feedForwardSize: read.integer("d_ff", isMultilingual ? 1024 : 2048),
    isGated: gated !== undefined,
    activation: feedForward === "gated-gelu" ? "gelu_new" : name,
    bucketCount: read.integer("relative_attention_num_buckets", 32),
    maxDistance: read.integer("relative_attention_max_distance", 128),
    dropoutRate: read.number("dropout_rate", 0.1),
    classifierDropout: read.number("classifier_dropout", 0),
    normEpsilon: read.number("layer_norm_epsilon", 1e-6),
    paddingId,
    startId: read.number("decoder_start_token_id", paddingId),
    endId: read.number("eos_token_id", 1),
    isTied,
    outputScale: isScaled ? hiddenSize ** -0.5 : 1,
    initialFactor: read.number("initializer_factor", 1),
  };
}

function partsOf(config: T5Config, title: string): EncoderDecoderParts {
  const { hiddenSize, encoderLayerCount, decoderLayerCount, headCount, headSize, startId, endId } = config;
  const { classifierDropout, initialFactor } = config;
  const initialDeviation = initialFactor * hiddenSize ** -0.5;
  return {
    name: title,
    encoder: sideOf(config, "encoder", encoderLayerCount),
    decoder: { ...sideOf(config, "decoder", decoderLayerCount), headCount, headSize },
    sourceKeyValue: (index, rows, batch) =>
      keyValueOf(config, `decoder.layers.${index}.sourceAttention`, rows, batch),
    score: (rows) => score(config, rows),
    startId,
    encoderHeads: {
      none: ({ lastHidden }) => ({ lastHidden }),
      "token-classification": labelHeads({ classifierDropout, initialDeviation, summary: (rows) => rows })[
        "token-classification"
      ]!,
    },
    decoderHeads: textHeads({ endId, classifierDropout, initialDeviation }),
  };
}

function sideOf(config: T5Config, name: "encoder" | "decoder", layerCount: number): Side {
  const { dropoutRate, normEpsilon } = config;
  return {
    layerCount,
    embed: (ids, _, mode) => dropout(embed(config, ids), dropoutRate, mode),
    placeBias: (keys, queries) => distanceBias(config, name, keys, queries),
    layer: (index, inputs, mode) => layer(config, `${name}.layers.${index}`, inputs, mode),
    finish: (rows, mode) => dropout(rmsNorm(rows, `${name}.norm`, normEpsilon), dropoutRate, mode),
  };
}

function wordTable({ vocabularySize, hiddenSize, initialFactor }: T5Config): Value {
  return embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialFactor);
}

function embed(config: T5Config, ids: Value): Value {
  const rowCount = multiplyDimensions(sizeAt(ids, 0), sizeAt(ids, 1));
  return reshape(embedding(wordTable(config), ids), [rowCount, config.hiddenSize]);
}

/** All layers of a side share one bias of distances. */
function distanceBias(config: T5Config, side: string, keys: Value, queries: Value): Value {
  const { headCount, bucketCount, maxDistance, hiddenSize, initialFactor } = config;
  const leading = keys.shape.slice(0, -1);
  const distances = subtract(
    reshape(keys, [...leading, 1, sizeAt(keys, -1)]),
    reshape(queries, [...leading, sizeAt(queries, -1), 1]),
  ); // [query, key] or [batch, query, key]
  return bucketedBias(distances, `${side}.positions`, {
    headCount,
    bucketCount,
    maxDistance,
    bothWays: side === "encoder",
    deviation: initialFactor * hiddenSize ** -0.5,
  });
}

function layer(
  config: T5Config,
  name: string,
  { x, batch, bias, past, source }: SideLayerInputs,
  mode: BuildMode,
): SideLayerOutputs {
  const { dropoutRate, normEpsilon } = config;
  const normOf = (rows: Value, part: string): Value => rmsNorm(rows, `${name}.${part}.norm`, normEpsilon);
  const addTo = (rows: Value, result: Value): Value => add(rows, dropout(result, dropoutRate, mode));

  const normed = normOf(x, "attention");
  const keyValue = keyValueOf(config, `${name}.attention`, normed, batch);
  const attended = attention(config, `${name}.attention`, normed, { ...keyValue, bias }, past, mode);
  let rows = addTo(x, attended.output);
  let sourceProbabilities: Value | undefined;
  if (source !== undefined) {
    const part = "sourceAttention";
    const seen = attention(config, `${name}.${part}`, normOf(rows, part), source, undefined, mode);
    rows = addTo(rows, seen.output);
    sourceProbabilities = seen.probabilities;
  }
  rows = addTo(rows, feedForward(config, `${name}.feedForward`, normOf(rows, "feedForward"), mode));
  return {
    rows,
    probabilities: attended.probabilities,
    ...(sourceProbabilities === undefined ? {} : { sourceProbabilities }),
    keyValue: attended.kept,
  };
}

function keyValueOf(config: T5Config, name: string, rows: Value, batch: Dimension): KeyValue {
  const deviation = config.initialFactor * config.hiddenSize ** -0.5;
  return {
    key: headsOf(config, `${name}.key`, rows, batch, deviation),
    value: headsOf(config, `${name}.value`, rows, batch, deviation),
  };
}

/** Rows projected, as `[batch, heads, length, headSize]`. */
function headsOf(config: T5Config, name: string, rows: Value, batch: Dimension, deviation: number): Value {
  const { headCount, headSize } = config;
  const projected = unbiasedLinear(rows, name, headCount * headSize, deviation);
  return splitHeads(projected, batch, divideDimensions(sizeAt(rows, 0), batch), headCount);
}

/** Scores are not divided by the root of the head size: the deviation of new queries stands for it. */
function attention(
  config: T5Config,
  name: string,
  rows: Value, // [batch*query, hidden]
  { key, value, bias }: KeyValue & { readonly bias: Value },
  past: PastKeyValue | undefined,
  mode: BuildMode,
): AttendedWithPast {
  const { headCount, headSize, hiddenSize, initialFactor, dropoutRate } = config;
  const seen = { key, value };
  const queryDeviation = initialFactor * (hiddenSize * headSize) ** -0.5;
  const query = headsOf(config, `${name}.query`, rows, sizeAt(key, 0), queryDeviation);
  const options = { dropoutRate, bias, scale: 1 };
  const { output, ...others } =
    past === undefined
      ? { ...attend(query, key, value, options, mode), kept: seen }
      : attendWithPast(query, past, seen, options);
  const deviation = initialFactor * (headCount * headSize) ** -0.5;
  return { ...others, output: unbiasedLinear(output, `${name}.output`, hiddenSize, deviation) };
}

function feedForward(config: T5Config, name: string, normed: Value, mode: BuildMode): Value {
  const { hiddenSize, feedForwardSize, initialFactor, dropoutRate, isGated } = config;
  const activate = activation(config.activation);
  const widen = (part: string): Value =>
    unbiasedLinear(normed, `${name}.${part}`, feedForwardSize, initialFactor * hiddenSize ** -0.5);
  const inner = isGated ? multiply(activate(widen("gate")), widen("linear")) : activate(widen("inner"));
  const deviation = initialFactor * feedForwardSize ** -0.5;
  return unbiasedLinear(dropout(inner, dropoutRate, mode), `${name}.outer`, hiddenSize, deviation);
}

function score(config: T5Config, rows: Value): Value {
  const { vocabularySize, hiddenSize, initialFactor, isTied, outputScale } = config;
  const table = isTied
    ? wordTable(config)
    : embeddingTable("output", vocabularySize, hiddenSize, initialFactor);
  return matmul(rows, table, { transposeB: true, scale: outputScale });
}
