import { int64 } from "../base/tensor.js";
import {
  absolute,
  add,
  cast,
  concatenate,
  constant,
  cumulativeSum,
  type Dimension,
  equal,
  greater,
  matmul,
  multiply,
  multiplyDimensions,
  range,
  reshape,
  scalar,
  sizeAt,
  slice,
  softmax,
  subtract,
  subtractDimensions,
  transpose,
  type Value,
  where,
} from "../engine/index.js";
import { type BuildMode, forInference } from "./build-mode.js";
import { dropout } from "./dropout.js";

/** What attention gives: its result `[batch*query, hidden]` and the probabilities `[batch, heads, query, key]`. */
export interface Attended {
  readonly output: Value;
  readonly probabilities: Value;
}

export interface AttendOptions {
  readonly dropoutRate: number;
  /** Added to the scores; broadcasts to `[batch, heads, query, key]`. */
  readonly bias?: Value;
  /** Which keys each query may see, as bool; broadcasts likewise. A query that sees none attends to all alike. */
  readonly visible?: Value;
  /** What scores are multiplied by. Default `1 / sqrt(headSize)`. */
  readonly scale?: number;
}

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762):
 * `softmax(scale Q K^T + bias) V` of `[batch, heads, length, headSize]` each. Key and value may have fewer heads, each
 * then shared by as many neighbours of the query (grouped queries, Ainslie et al. 2023,
 * https://arxiv.org/abs/2305.13245).
 */
export function attend(
  query: Value,
  key: Value,
  value: Value,
  options: AttendOptions,
  mode: BuildMode,
): Attended {
  const scale = options.scale ?? 1 / Math.sqrt(sizeAt(query, -1) as number);
  const scores = scoresOf(query, key, scale);
  const biased = options.bias === undefined ? scores : add(scores, options.bias);
  const probabilities = softmax(
    options.visible === undefined ? biased : where(options.visible, biased, scalar(lowest)),
  );
  const mixed = mixOf(dropout(probabilities, options.dropoutRate, mode), value);
  return { output: mergeHeads(mixed), probabilities };
}

export interface AttentionOptions extends AttendOptions {
  readonly headCount: number;
  readonly batch: Dimension;
  /** How many rows each example of the batch has, in the query and in key and value. */
  readonly queryLength: Dimension;
  readonly keyLength: Dimension;
}

/** Attention over query rows `[batch*query, hidden]` and key and value rows `[batch*key, hidden]`. */
export function attention(
  query: Value,
  key: Value,
  value: Value,
  options: AttentionOptions,
  mode: BuildMode,
): Attended {
  const { headCount, batch, queryLength, keyLength } = options;
  return attend(
    splitHeads(query, batch, queryLength, headCount),
    splitHeads(key, batch, keyLength, headCount),
    splitHeads(value, batch, keyLength, headCount),
    options,
    mode,
  );
}

/** Keys and values, both `[batch, heads, length, headSize]`. */
export interface KeyValue {
  readonly key: Value;
  readonly value: Value;
}

/** What attention compares and mixes, each `[batch, heads, length, headSize]`. */
export interface AttentionVectors extends KeyValue {
  readonly query: Value;
}

/** Keys and values of the tokens before those of a step. */
export interface PastKeyValue extends KeyValue {
  /** Whether those of the new tokens are put behind them, and both kept as one array. Default: the new ones alone. */
  readonly isJoined?: boolean;
}

export interface AttendedWithPast extends Attended {
  /** What is to be kept: keys and values of the new tokens, or of all where the past is joined. */
  readonly kept: KeyValue;
}

/**
 * Attention of new tokens to those of before, whose keys and values are `past`, and to each other. The past is read
 * where it stands, unless it is joined: only the scores of both, which are small, are put side by side.
 */
export function attendWithPast(
  query: Value,
  past: PastKeyValue,
  present: KeyValue,
  options: Pick<AttendOptions, "bias" | "scale">,
): AttendedWithPast {
  if (past.isJoined === true) {
    const joined = (part: "key" | "value"): Value => concatenate([past[part], present[part]], 2);
    const kept = { key: joined("key"), value: joined("value") };
    return { ...attend(query, kept.key, kept.value, { dropoutRate: 0, ...options }, forInference()), kept };
  }
  const scale = options.scale ?? 1 / Math.sqrt(sizeAt(query, -1) as number);
  const scores = concatenate([scoresOf(query, past.key, scale), scoresOf(query, present.key, scale)], 3);
  const probabilities = softmax(options.bias === undefined ? scores : add(scores, options.bias));
  const pastLength = sizeAt(past.key, 2);
  const before = slice(probabilities, 3, 0, pastLength);
  const now = slice(probabilities, 3, pastLength, sizeAt(probabilities, 3));
  const output = mergeHeads(add(mixOf(before, past.value), mixOf(now, present.value)));
  return { output, probabilities, kept: present };
}

/** `scale Q K^T`. Several heads of the query may share one of the key: they are then rows of one product. */
function scoresOf(query: Value, key: Value, scale: number): Value {
  const [batch, headCount, queryLength, headSize] = query.shape as [Dimension, number, Dimension, number];
  const [, keyHeadCount, keyLength] = key.shape as [Dimension, number, Dimension, number];
  const rows = multiplyDimensions(headCount / keyHeadCount, queryLength);
  const shared = reshape(query, [batch, keyHeadCount, rows, headSize]);
  return reshape(matmul(shared, key, { transposeB: true, scale }), [
    batch,
    headCount,
    queryLength,
    keyLength,
  ]);
}

/** Probabilities `[batch, heads, query, key]` times values, whose heads may be shared likewise. */
function mixOf(probabilities: Value, value: Value): Value {
  const [batch, headCount, queryLength, keyLength] = probabilities.shape as [
    Dimension,
    number,
    Dimension,
    Dimension,
  ];
  const [, valueHeadCount, , headSize] = value.shape as [Dimension, number, Dimension, number];
  const rows = multiplyDimensions(headCount / valueHeadCount, queryLength);
  const shared = reshape(probabilities, [batch, valueHeadCount, rows, keyLength]);
  return reshape(matmul(shared, value), [batch, headCount, queryLength, headSize]);
}

/** Rows `[batch*length, heads*headSize]` as `[batch, heads, length, headSize]`. */
export function splitHeads(rows: Value, batch: Dimension, length: Dimension, headCount: number): Value {
  const headSize = (sizeAt(rows, -1) as number) / headCount;
  return transpose(reshape(rows, [batch, length, headCount, headSize]), [0, 2, 1, 3]);
}

/** `[batch, heads, length, headSize]` as rows `[batch*length, heads*headSize]`. */
export function mergeHeads(x: Value): Value {
  const [batch, headCount, length, headSize] = x.shape as [Dimension, number, Dimension, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [multiplyDimensions(batch, length), headCount * headSize]);
}

/** The most negative float32: what is added to scores that must not count. */
const lowest = -3.4028234663852886e38;

/** Which keys are tokens, for the queries that are: bool `[batch, 1, query, key]` from a mask `[batch, length]`. */
export function tokenPairs(mask: Value): Value {
  const [batch, length] = [sizeAt(mask, 0), sizeAt(mask, 1)];
  const pairs = multiply(reshape(mask, [batch, 1, length, 1]), reshape(mask, [batch, 1, 1, length]));
  return cast(pairs, "bool");
}

/**
 * Where several texts stand in a row: which tokens are of one text, bool `[rows, 1, query, key]`. `texts` says to which
 * text of its row each token belongs, int64 `[rows, length]`; padding is a text of its own.
 */
export function sameText(texts: Value): Value {
  const [rows, length] = [sizeAt(texts, 0), sizeAt(texts, 1)];
  return equal(reshape(texts, [rows, 1, length, 1]), reshape(texts, [rows, 1, 1, length]));
}

/** The same as a bias of the scores: each token sees those of its own text. */
export function sameTextBias(texts: Value): Value {
  return visibleBias(sameText(texts));
}

/** 0 where a query sees a key, and the lowest number where it does not. */
export function visibleBias(visible: Value): Value {
  return where(visible, scalar(0), scalar(lowest));
}

/** Narrow a bias `[batch, 1, 1 or query, key]` to the keys at most `reach` away: `[batch, 1, query, key]`. */
export function windowBias(bias: Value, reach: number): Value {
  const length = sizeAt(bias, 3);
  const places = range(length);
  const distances = subtract(reshape(places, [length, 1]), reshape(places, [1, length])); // [query, key]
  const isFar = greater(absolute(distances), constant(int64([], [reach])));
  return where(reshape(isFar, [1, 1, length, length]), scalar(lowest), bias);
}

/** From a mask of 1 (a token) and 0 (padding) `[batch, key]` to a bias of the scores `[batch, 1, 1, key]`. */
export function paddingBias(mask: Value): Value {
  const padding = subtract(1, cast(mask, "float32"));
  return reshape(multiply(padding, lowest), [sizeAt(mask, 0), 1, 1, sizeAt(mask, 1)]);
}

/**
 * A bias `[batch, 1, query, key]` that lets each query see the keys up to itself and all those of its text's prefix, and
 * no padding: tokens of a prefix see each other. `mask` is `[batch, length]`, `prefixLengths` `[batch]`; with a length of
 * 0 or 1 it is `causalBias`. With a window, a query sees only the keys that are less than so many tokens away.
 */
export function prefixBias(mask: Value, prefixLengths: Value, window?: number): Value {
  const [batch, length] = [sizeAt(mask, 0), sizeAt(mask, 1)];
  const inPrefix = greater(
    reshape(prefixLengths, [batch, 1, 1, 1]),
    reshape(range(length), [1, 1, 1, length]),
  );
  const bias = where(inPrefix, paddingBias(mask), causalBias(mask, length));
  return window === undefined ? bias : windowBias(bias, window - 1);
}

/**
 * A bias `[batch, 1, query, key]` that lets each query see the keys up to itself, and no padding. The queries are the
 * last of the keys: with keys of the past in front, `key = past + query`. `mask` is `[batch, key]`. With a window,
 * a query sees only that many tokens, itself the last of them.
 */
export function causalBias(mask: Value, queryLength: Dimension, window?: number): Value {
  const keyLength = sizeAt(mask, 1);
  const past = subtractDimensions(keyLength, queryLength);
  const keys = range(keyLength); // [key]
  const queries = slice(keys, 0, past, keyLength); // [query]
  const isLater = greater(reshape(keys, [1, keyLength]), reshape(queries, [queryLength, 1])); // [query, key]
  const isHidden = reshape(isLater, [1, 1, queryLength, keyLength]);
  const bias = where(isHidden, scalar(lowest), paddingBias(mask));
  if (window === undefined) return bias;
  // with a past, tokens are counted by the mask: there may be padding in it, and places of the cache not yet filled
  const batch = past === 0 ? 1 : sizeAt(mask, 0);
  const numbers = past === 0 ? reshape(keys, [1, keyLength]) : cumulativeSum(mask, 1); // [1 or batch, key]
  const distance = subtract(
    reshape(slice(numbers, 1, past, keyLength), [batch, 1, queryLength, 1]),
    reshape(numbers, [batch, 1, 1, keyLength]),
  );
  const isFar = greater(distance, constant(int64([], [window - 1]))); // [1 or batch, 1, query, key]
  return where(isFar, scalar(lowest), bias);
}
