import {
  add,
  cast,
  type Dimension,
  matmul,
  multiply,
  reshape,
  sizeAt,
  softmax,
  subtract,
  transpose,
  type Value,
} from "../engine/index.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";

export interface AttentionOptions {
  readonly headCount: number;
  readonly dropoutRate: number;
  readonly batch: Dimension;
  /** How many rows each example of the batch has, in the query and in key and value. */
  readonly queryLength: Dimension;
  readonly keyLength: Dimension;
  /** Added to the scores: `[batch, 1, 1 or query, key]`. */
  readonly bias: Value;
}

/** What attention gives: its result `[batch*query, hidden]` and the probabilities `[batch, heads, query, key]`. */
export interface Attended {
  readonly output: Value;
  readonly probabilities: Value;
}

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762):
 * `softmax(Q K^T / sqrt(headSize) + bias) V`, over query rows `[batch*query, hidden]` and
 * key and value rows `[batch*key, hidden]`.
 */
export function attention(
  query: Value,
  key: Value,
  value: Value,
  options: AttentionOptions,
  mode: BuildMode,
): Attended {
  const { headCount, batch, queryLength, keyLength } = options;
  const hiddenSize = sizeAt(query, -1) as number;
  const headSize = hiddenSize / headCount;
  const split = (rows: Value, length: Dimension): Value =>
    transpose(reshape(rows, [batch, length, headCount, headSize]), [0, 2, 1, 3]); // [batch, heads, length, headSize]
  const scores = matmul(split(query, queryLength), split(key, keyLength), {
    transposeB: true,
    scale: 1 / Math.sqrt(headSize),
  });
  const probabilities = softmax(add(scores, options.bias)); // [batch, heads, query, key]
  const mixed = matmul(dropout(probabilities, options.dropoutRate, mode), split(value, keyLength));
  return { output: reshape(transpose(mixed, [0, 2, 1, 3]), query.shape), probabilities };
}

/** The most negative float32: what is added to scores that must not count. */
const lowest = -3.4028234663852886e38;

/** From a mask of 1 (a token) and 0 (padding) `[batch, key]` to a bias of the scores `[batch, 1, 1, key]`. */
export function paddingBias(mask: Value): Value {
  const padding = subtract(1, cast(mask, "float32"));
  return reshape(multiply(padding, lowest), [sizeAt(mask, 0), 1, 1, sizeAt(mask, 1)]);
}
