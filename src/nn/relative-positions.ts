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
  range,
  reshape,
  sizeAt,
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
 * By how much a query can stand behind a key, queries being the last of the keys: int64 `[query + key]`, descending from
 * `key` to `1 - query`. Of length 3 both: 3, 2, 1, 0, -1, -2; the first occurs nowhere and fills the square.
 */
export function relativeDistances(length: Dimension, keyLength: Dimension = length): Value {
  const columns = range(addDimensions(length, keyLength));
  const keyLengthItself = slice(columns, 0, keyLength, addDimensions(keyLength, 1)); // [1]
  return subtract(keyLengthItself, columns);
}

/** For each distance a whole number, `rowOf(distance)`; distances beyond `reach` to either side count as `reach`. */
export function distanceRows(distances: Value, reach: number, rowOf: (distance: number) => number): Value {
  const number = (value: number): Value => constant(int64([], [value]));
  const rows = Array.from({ length: 2 * reach + 1 }, (_, i) => rowOf(i - reach));
  const clipped = minimum(maximum(distances, number(-reach)), number(reach));
  return gather(constant(int64([rows.length], rows)), add(clipped, number(reach)));
}

/**
 * Scores of each query for the keys by distance: queries `[batch, heads, query, headSize]` with a row for each of
 * `relativeDistances`, `[query + key, heads*headSize]`, give `[batch, heads, query, key]`.
 */
export function relativeScores(query: Value, rows: Value, scale: number): Value {
  const [batch, headCount, , headSize] = query.shape as [Dimension, number, Dimension, number];
  const distanceCount = sizeAt(rows, 0);
  const byHead = transpose(reshape(rows, [distanceCount, headCount, headSize]), [1, 0, 2]);
  const table = broadcast(byHead, [batch, headCount, distanceCount, headSize]);
  return relativeShift(matmul(query, table, { transposeB: true, scale }));
}

/**
 * From a column a distance to a column a key: `[batch, heads, query, query + key]` to `[batch, heads, query, key]`. Of
 * length 2, rows `[2, 1, 0, -1]` become `[0, -1]` and `[1, 0]`: read as rows shorter by one, each begins one later.
 */
export function relativeShift(scores: Value): Value {
  const [batch, headCount, length, distanceCount] = scores.shape as [Dimension, number, Dimension, Dimension];
  const turned = reshape(scores, [batch, headCount, distanceCount, length]);
  const rest = slice(turned, 2, 1, distanceCount);
  const shorter = reshape(rest, [batch, headCount, length, subtractDimensions(distanceCount, 1)]);
  return slice(shorter, 3, 0, subtractDimensions(distanceCount, length));
}
