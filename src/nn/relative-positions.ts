import { int64 } from "../base/tensor.js";
import {
  add,
  addDimensions,
  broadcast,
  constant,
  type Dimension,
  gather,
  matmul,
  maximum,
  minimum,
  multiplyDimensions,
  range,
  reshape,
  slice,
  subtract,
  subtractDimensions,
  transpose,
  type Value,
} from "../engine/index.js";

// Attention scores that depend on how far apart two tokens are. They are computed for each query and each distance,
// then shifted so that a column stands for a key (Dai et al. 2019, https://arxiv.org/abs/1901.02860, appendix B):
// nothing is looked up for each pair, and the gradient is as cheap as the scores.

/**
 * By how much a query can stand behind a key in sequences of one length: int64 `[2*length]`, descending from `length`
 * to `1 - length`. Of length 3: 3, 2, 1, 0, -1, -2; the first occurs nowhere and fills the square.
 */
export function relativeDistances(length: Dimension): Value {
  const columns = range(multiplyDimensions(length, 2));
  const lengthItself = slice(columns, 0, length, addDimensions(length, 1)); // [1]
  return subtract(lengthItself, columns);
}

/** For each distance a whole number, `rowOf(distance)`; distances beyond `reach` to either side count as `reach`. */
export function distanceRows(distances: Value, reach: number, rowOf: (distance: number) => number): Value {
  const number = (value: number): Value => constant(int64([], [value]));
  const rows = Array.from({ length: 2 * reach + 1 }, (_, i) => rowOf(i - reach));
  const clipped = minimum(maximum(distances, number(-reach)), number(reach));
  return gather(constant(int64([rows.length], rows)), add(clipped, number(reach)));
}

/**
 * Scores of each query for the keys by distance: queries `[batch, heads, length, headSize]` with a row for each of
 * `relativeDistances`, `[2*length, heads*headSize]`, give `[batch, heads, query, key]`.
 */
export function relativeScores(query: Value, rows: Value, scale: number): Value {
  const [batch, headCount, length, headSize] = query.shape as [Dimension, number, Dimension, number];
  const distanceCount = multiplyDimensions(length, 2);
  const byHead = transpose(reshape(rows, [distanceCount, headCount, headSize]), [1, 0, 2]);
  const table = broadcast(byHead, [batch, headCount, distanceCount, headSize]);
  return relativeShift(matmul(query, table, { transposeB: true, scale }));
}

/**
 * From a column a distance to a column a key: `[batch, heads, query, 2*query]` to `[batch, heads, query, key]`. Of
 * length 2, rows `[2, 1, 0, -1]` become `[0, -1]` and `[1, 0]`: read as rows shorter by one, each begins one later.
 */
export function relativeShift(scores: Value): Value {
  const [batch, headCount, length, distanceCount] = scores.shape as [Dimension, number, Dimension, Dimension];
  const turned = reshape(scores, [batch, headCount, distanceCount, length]);
  const rest = slice(turned, 2, 1, distanceCount);
  const shorter = reshape(rest, [batch, headCount, length, subtractDimensions(distanceCount, 1)]);
  return slice(shorter, 3, 0, length);
}
