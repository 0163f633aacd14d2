// XLNet (Yang et al. 2019, https://arxiv.org/abs/1906.08237): attention by relative positions and segments as in
// Transformer-XL, and a second stream of rows that predict tokens in any order without seeing them.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { float32, int64 } from "../base/tensor.js";
import {
  add,
  addDimensions,
  after,
  broadcast,
  cast,
  concatenate,
  constant,
  cosine,
  type Dimension,
  divideDimensions,
  equal,
  fixedParameter,
  greater,
  input,
  matmul,
  maximum,
  minimum,
  multiply,
  multiplyDimensions,
  parameter,
  range,
  reshape,
  scalar,
  sine,
  sizeAt,
  subtract,
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
  lastToken,
  linear,
  postNormFeedForward,
  type RelativeKeys,
  relativeAttention,
  relativeDistances,
  splitHeads,
} from "../nn/index.js";
import { configReader } from "./config.js";
import type { StateSlot } from "./decoder.js";
import { buildWholeEncoder, type EncoderRun, type HeadBuilders, labelHeads, wordLogits } from "./encoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import type { Architecture, MemorySettings } from "./model.js";
import { nameTable } from "./names.js";

interface XlnetConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly feedForwardSize: number;
  readonly activation: string;
  /** Whether tokens see only those before them. */
  readonly isCausal: boolean;
  /** From here on all distances are one; undefined where none are. */
  readonly farthest: number | undefined;
  /** Which token's state stands for a text: its last, where `<cls>` is, or its first. */
  readonly summaryToken: "last" | "first";
  readonly projectsSummary: boolean;
  readonly memory: MemorySettings;
  readonly summaryActivation: string | undefined;
  readonly hiddenDropout: number;
  readonly summaryDropout: number;
  readonly isTied: boolean;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
}

export const xlnet: Architecture = {
  modelType: "xlnet",
  classNames: new Map<Head, string>([
    ["none", "XLNetModel"],
    ["permutation-lm", "XLNetLMHeadModel"],
    ["sequence-classification", "XLNetForSequenceClassification"],
    ["token-classification", "XLNetForTokenClassification"],
    ["span-extraction", "XLNetForQuestionAnsweringSimple"],
    ["multiple-choice", "XLNetForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "transformer.",
    modules: [
      ["embeddings.word", "word_embedding"],
      ["embeddings.target", "mask_emb"],
      ["layers.{n}.attention.query.weight", "layer.{n}.rel_attn.q"],
      ["layers.{n}.attention.key.weight", "layer.{n}.rel_attn.k"],
      ["layers.{n}.attention.value.weight", "layer.{n}.rel_attn.v"],
      ["layers.{n}.attention.output.weight", "layer.{n}.rel_attn.o"],
      ["layers.{n}.attention.position.weight", "layer.{n}.rel_attn.r"],
      ["layers.{n}.attention.segment.weight", "layer.{n}.rel_attn.seg_embed"],
      ["layers.{n}.attention.contentBias", "layer.{n}.rel_attn.r_w_bias"],
      ["layers.{n}.attention.positionBias", "layer.{n}.rel_attn.r_r_bias"],
      ["layers.{n}.attention.segmentBias", "layer.{n}.rel_attn.r_s_bias"],
      ["layers.{n}.attention.norm", "layer.{n}.rel_attn.layer_norm"],
      ["layers.{n}.feedForward.inner", "layer.{n}.ff.layer_1"],
      ["layers.{n}.feedForward.outer", "layer.{n}.ff.layer_2"],
      ["layers.{n}.feedForward.norm", "layer.{n}.ff.layer_norm"],
    ],
    heads: [
      ["prediction", "lm_loss"],
      ["summary", "sequence_summary.summary"],
      ["summaryClassifier", "logits_proj"],
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
    ],
    aliases: [["embeddings.word", "lm_loss"]],
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: ({ vocabularySize, dropout: rate }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(rate === undefined ? {} : { dropout: rate, summary_last_dropout: rate }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: Infinity,
      memory: config.memory,
      description: `XLNet, ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) =>
        buildWholeEncoder(
          {
            name: "XLNet",
            hiddenSize,
            run: (inputs, mode) => encode(config, inputs, mode),
            heads: heads(config),
          },
          ...asked,
        ),
    };
  },
};

function readConfig(json: JsonObject, place: string): XlnetConfig {
  const read = configReader(json, place);
  const [hiddenSize, headCount] = [read.integer("d_model"), read.integer("n_head")];
  const choice = <Name extends string>(key: string, names: readonly Name[]): Name => {
    const name = read.string(key, names[0]);
    if (names.includes(name as Name)) return name as Name;
    throw new FileError(place, `${key}: expected ${names.join(" or ")}, got ${name}`);
  };
  /** 0 and null stand for no bound. */
  const count = (key: string, fallback: number): number | undefined =>
    (key in json ? (json[key] ?? 0) : fallback) === 0 ? undefined : read.integer(key, fallback);
  if (hiddenSize % (2 * headCount) !== 0)
    throw new FileError(
      place,
      `d_model: expected a multiple of twice n_head (${headCount}), got ${hiddenSize}`,
    );
  if (read.integer("d_head", hiddenSize / headCount) !== hiddenSize / headCount)
    throw new FileError(place, `d_head: expected d_model / n_head, ${hiddenSize / headCount}`);
  for (const key of ["bi_data", "same_length"])
    if (read.boolean(key, false))
      throw new FileError(place, `${key}: expected false, got true`, {
        hint: "it serves the pre-training of the first XLNets; for fine-tuning set it to false",
      });
  return {
    vocabularySize: read.integer("vocab_size"),
    hiddenSize,
    layerCount: read.integer("n_layer"),
    headCount,
    feedForwardSize: read.integer("d_inner"),
    activation: read.string("ff_activation", "gelu"),
    isCausal: choice("attn_type", ["bi", "uni"]) === "uni",
    farthest: Number(json["clamp_len"] ?? -1) > 0 ? read.integer("clamp_len") : undefined,
    summaryToken: choice("summary_type", ["last", "cls_index", "first"]) === "first" ? "first" : "last",
    memory: { length: count("mem_len", 512), reusedLength: count("reuse_len", 0) },
    projectsSummary: read.boolean("summary_use_proj", true),
    summaryActivation: json["summary_activation"] ? read.string("summary_activation") : undefined,
    hiddenDropout: read.number("dropout", 0.1),
    summaryDropout: read.number("summary_last_dropout", 0.1),
    isTied: read.boolean("tie_word_embeddings", true),
    normEpsilon: read.number("layer_norm_eps", 1e-12),
    initialDeviation: read.number("initializer_range", 0.02),
  };
}

/** Rows that stand for tokens, and rows that stand for what is to be predicted and know nothing but the place. */
interface Streams {
  readonly content: Value; // [batch*sequence, hidden]
  readonly query?: Value; // [batch*target, hidden]
}

/** What the layers share. Keys are the memory of earlier segments, if there is one, and then the sequence. */
interface Surroundings {
  readonly batch: Dimension;
  readonly sequence: Dimension;
  /** How many tokens the layers remember; 0 where there is no memory. */
  readonly memoryLength: Dimension;
  readonly positions: Value; // [sequence + key, hidden], one for each of relativeDistances
  readonly sameSegment: Value; // [batch, 1, query, key]
  /** Added to the scores of each stream; a content row sees itself, a query row does not. */
  readonly contentBias: Value; // [batch, 1, query, key]
  readonly queryBias: Value; // [batch, 1, 1 or query, key]
  readonly targetMapping: Value | undefined; // [batch, target, sequence]
}

function encode(config: XlnetConfig, inputs: ModelInputs, mode: BuildMode): EncoderRun {
  const { ids, mask, typeIds, targetMapping, carriesState = false } = inputs;
  const { vocabularySize, hiddenSize, hiddenDropout, initialDeviation: deviation } = config;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const memoryLength: Dimension = carriesState ? "memory" : 0;
  const keyLength = addDimensions(memoryLength, sequence);
  const keyTypes = remembered(typeIds, memoryLength);
  const surroundings: Surroundings = {
    batch,
    sequence,
    memoryLength,
    positions: dropout(distanceEmbeddings(config, sequence, keyLength), hiddenDropout, mode),
    sameSegment: equal(
      reshape(typeIds, [batch, 1, sequence, 1]),
      reshape(keyTypes, [batch, 1, 1, keyLength]),
    ),
    ...biases(config, inputs, memoryLength),
    targetMapping: targetMapping && cast(targetMapping, "float32"),
  };
  const words = embedding(embeddingTable("embeddings.word", vocabularySize, hiddenSize, deviation), ids);
  const content = reshape(words, [multiplyDimensions(batch, sequence), hiddenSize]);
  let streams: Streams = { content: dropout(content, hiddenDropout, mode) };
  if (targetMapping === undefined) {
    // nothing reads the embedding of what is to be predicted, but every checkpoint has it
    const anyToken = fixedParameter("embeddings.target", [1, 1, hiddenSize], 0);
    streams = { content: after(streams.content, anyToken) };
  } else {
    const anyToken = parameter("embeddings.target", [1, 1, hiddenSize], { kind: "normal", deviation });
    const rowCount = multiplyDimensions(batch, sizeAt(targetMapping, 1));
    const query = broadcast(reshape(anyToken, [1, hiddenSize]), [rowCount, hiddenSize]);
    streams = { ...streams, query: dropout(query, hiddenDropout, mode) };
  }
  const hiddenStates = Object.values(streams);
  const attentions: Value[] = [];
  const state: StateSlot[] = [];
  for (let i = 0; i < config.layerCount; i++) {
    const name = `layers.${i}.memory`;
    const memory = carriesState ? input(name, [batch, 1, memoryLength, hiddenSize]) : undefined;
    if (memory !== undefined) {
      const output = reshape(streams.content, [batch, 1, sequence, hiddenSize]);
      state.push({ name, kind: "cache", input: memory, output });
    }
    const result = layer(config, `layers.${i}`, streams, memory, surroundings, mode);
    streams = result.streams;
    hiddenStates.push(...Object.values(streams));
    attentions.push(result.probabilities);
  }
  const rows = dropout(streams.query ?? streams.content, hiddenDropout, mode);
  const summaryOfLast = (): Value => lastToken(reshape(rows, [batch, sequence, hiddenSize]), mask);
  return {
    hiddenStates,
    attentions,
    rows,
    ...(config.summaryToken === "last" ? { first: summaryOfLast } : {}),
    ...(carriesState ? { state } : {}),
  };
}

/** `[..., sequence]` with zeros for the memory in front: what is remembered is of the first segment, and is seen. */
function remembered(values: Value, memoryLength: Dimension): Value {
  if (memoryLength === 0) return values;
  const zero = values.dtype === "int64" ? constant(int64([], [0])) : scalar(0);
  const before = broadcast(zero, [...values.shape.slice(0, -1), memoryLength]);
  return concatenate([before, values], values.shape.length - 1);
}

/** Sines and cosines of each of `relativeDistances`: `[sequence + key, hidden]`. */
function distanceEmbeddings(
  { hiddenSize, farthest }: XlnetConfig,
  sequence: Dimension,
  keyLength: Dimension,
): Value {
  const limit = (value: number): Value => constant(int64([], [value]));
  const distances = relativeDistances(sequence, keyLength);
  const clipped =
    farthest === undefined ? distances : minimum(maximum(distances, limit(-farthest)), limit(farthest));
  const frequencies = Array.from({ length: hiddenSize / 2 }, (_, i) => 10_000 ** ((-2 * i) / hiddenSize));
  const column = cast(reshape(clipped, [addDimensions(sequence, keyLength), 1]), "float32");
  const angles = multiply(column, constant(float32([frequencies.length], frequencies)));
  return concatenate([sine(angles), cosine(angles)], 1);
}

/** Padding, tokens that come later and those that the permutation puts later are not seen; what is remembered is. */
function biases(
  { isCausal }: XlnetConfig,
  { mask, permutationMask }: ModelInputs,
  memoryLength: Dimension,
): Pick<Surroundings, "contentBias" | "queryBias"> {
  const [batch, sequence] = [sizeAt(mask, 0), sizeAt(mask, 1)];
  const places = range(sequence);
  const [queries, keys] = [reshape(places, [1, sequence, 1]), reshape(places, [1, 1, sequence])];
  const reasons = [reshape(subtract(1, cast(mask, "float32")), [batch, 1, sequence])];
  if (permutationMask !== undefined) reasons.push(cast(permutationMask, "float32"));
  if (isCausal) reasons.push(cast(greater(keys, queries), "float32"));
  const isHidden = cast(greater(reasons.reduce(add), scalar(0)), "float32"); // [batch, 1 or query, key]
  const isOther = subtract(1, cast(equal(queries, keys), "float32"));
  const biasOf = (hidden: Value): Value => {
    const all = remembered(hidden, memoryLength);
    const [, queryLength, keyLength] = all.shape as [Dimension, Dimension, Dimension];
    return reshape(multiply(all, -1e30), [batch, 1, queryLength, keyLength]);
  };
  return { contentBias: biasOf(multiply(isHidden, isOther)), queryBias: biasOf(isHidden) };
}

/** Attention and feed-forward for both streams, by the same weights; the probabilities are those of the content. */
function layer(
  config: XlnetConfig,
  name: string,
  { content, query }: Streams,
  memory: Value | undefined, // [batch, 1, memory, hidden]
  surroundings: Surroundings,
  mode: BuildMode,
): { streams: Streams; probabilities: Value } {
  const { hiddenSize, headCount, initialDeviation: deviation } = config;
  const { batch, sequence, memoryLength, contentBias, queryBias, targetMapping } = surroundings;
  const weight = (part: string): Value => {
    const shape = [hiddenSize, headCount, hiddenSize / headCount];
    return reshape(parameter(`${name}.attention.${part}.weight`, shape, { kind: "normal", deviation }), [
      hiddenSize,
      hiddenSize,
    ]);
  };
  const keyLength = addDimensions(memoryLength, sequence);
  const headsOf = (rows: Value): Value => splitHeads(rows, batch, keyLength, headCount);
  const seen = memory === undefined ? content : behindMemory(memory, content);
  const parts: RelativeKeys = {
    key: headsOf(matmul(seen, weight("key"))),
    value: headsOf(matmul(seen, weight("value"))),
    positions: matmul(surroundings.positions, weight("position")),
    sameSegment: surroundings.sameSegment,
  };
  const options = { headCount, dropoutRate: config.hiddenDropout, initialDeviation: deviation };
  const attendFrom = (queries: Value, bias: Value): Attended =>
    relativeAttention(queries, parts, `${name}.attention`, { ...options, bias }, mode);
  const finish = (input: Value, attended: Value): Value => {
    const output = matmul(attended, weight("output"), { transposeB: true });
    const normed = addAndNorm(input, output, `${name}.attention.norm`, config, mode);
    const options = { ...config, innerDropout: config.hiddenDropout };
    return postNormFeedForward(normed, `${name}.feedForward`, options, mode);
  };

  const { output, probabilities } = attendFrom(matmul(content, weight("query")), contentBias);
  const next: Streams = { content: finish(content, output) };
  if (query === undefined || targetMapping === undefined) return { streams: next, probabilities };
  // each target attends from its place in the sequence
  const targets = reshape(matmul(query, weight("query")), [batch, sizeAt(targetMapping, 1), hiddenSize]);
  const placed = reshape(matmul(targetMapping, targets, { transposeA: true }), content.shape);
  const found = reshape(attendFrom(placed, queryBias).output, [batch, sequence, hiddenSize]);
  const attended = reshape(matmul(targetMapping, found), query.shape);
  return { streams: { ...next, query: finish(query, attended) }, probabilities };
}

/** Rows `[batch*(memory + sequence), hidden]`: what is remembered of earlier segments, then those of this one. */
function behindMemory(memory: Value, content: Value): Value {
  const [batch, , , hiddenSize] = memory.shape as [Dimension, 1, Dimension, number];
  const sequence = divideDimensions(sizeAt(content, 0), batch);
  const all = concatenate([memory, reshape(content, [batch, 1, sequence, hiddenSize])], 2);
  return reshape(all, [multiplyDimensions(batch, sizeAt(all, 2)), hiddenSize]);
}

function heads(config: XlnetConfig): HeadBuilders {
  const { vocabularySize, hiddenSize, summaryActivation, initialDeviation: deviation } = config;
  const words = (rows: Value): Value => {
    const tableName = config.isTied ? "embeddings.word" : "prediction";
    const table = embeddingTable(tableName, vocabularySize, hiddenSize, deviation);
    const bias = parameter("prediction.bias", [vocabularySize], { kind: "fill", value: 0 });
    return matmul(rows, table, { transposeB: true, bias });
  };
  const classify = (token: Value, labelCount: number, mode: BuildMode): Value => {
    const dense = config.projectsSummary ? linear(token, "summary", hiddenSize, deviation) : token;
    const active = summaryActivation === undefined ? dense : activation(summaryActivation)(dense);
    return linear(dropout(active, config.summaryDropout, mode), "summaryClassifier", labelCount, deviation);
  };
  return {
    ...labelHeads({ classifierDropout: 0, initialDeviation: deviation, summary: (token) => token }),
    none: ({ lastHidden }) => ({ lastHidden }),
    "permutation-lm": (parts) => ({ logits: wordLogits(parts, words) }),
    "sequence-classification": ({ first, labelCount, mode }) => ({
      logits: classify(first(), labelCount, mode),
    }),
    "multiple-choice": ({ inputs, first, mode }) => ({
      logits: reshape(classify(first(), 1, mode), inputs.ids.shape.slice(0, 2)), // [examples, choices]
    }),
  };
}
