import {
  add,
  matmul,
  multiplyDimensions,
  parameter,
  reshape,
  shapeSize,
  sizeAt,
  slice,
  softmax,
  tanh,
  type Value,
} from "../engine/index.js";
import { paddingBias } from "./attention.js";
import { linear } from "./linear.js";

/**
 * How well a query fits a key, from before the Transformer: `v . tanh(W q + U k + b)` (Bahdanau et al. 2014,
 * https://arxiv.org/abs/1409.0473), or `q . k`, `q W k`, `v . tanh(W [q; k])` (Luong et al. 2015,
 * https://arxiv.org/abs/1508.04025).
 */
export type AlignmentScore = "additive" | "dot" | "general" | "concat";

export const alignmentScores: readonly AlignmentScore[] = ["additive", "dot", "general", "concat"];

export interface AlignmentOptions {
  readonly score: AlignmentScore;
  /** Of additive and concatenated scores: the size of what goes through the tanh. */
  readonly hiddenSize: number;
  /** 1 a token, 0 padding, over the keys: `[batch, key]`. */
  readonly mask: Value;
}

/** What the queries see: a mean of the keys each, `[batch, query, keySize]`, with weights `[batch, query, key]`. */
export interface Aligned {
  readonly context: Value;
  readonly weights: Value;
}

/** Attention of one head over the keys themselves: queries `[batch, query, querySize]`, keys `[batch, key, keySize]`. */
export function alignment(query: Value, keys: Value, name: string, options: AlignmentOptions): Aligned {
  const [batch, keyCount] = [sizeAt(keys, 0), sizeAt(keys, 1)];
  const bias = reshape(paddingBias(options.mask), [batch, 1, keyCount]);
  const weights = softmax(add(scores(query, keys, name, options), bias));
  return { context: matmul(weights, keys), weights };
}

/** `[batch, query, key]`. */
function scores(query: Value, keys: Value, name: string, { score, hiddenSize }: AlignmentOptions): Value {
  const [querySize, keySize] = [sizeAt(query, -1) as number, sizeAt(keys, -1) as number];
  switch (score) {
    case "dot":
      return matmul(query, keys, { transposeB: true });
    case "general": {
      const weight = parameter(`${name}.general.weight`, [querySize, keySize], spread(querySize));
      return matmul(
        inRows(query, (rows) => matmul(rows, weight)),
        keys,
        { transposeB: true },
      );
    }
    case "additive": {
      const weight = parameter(`${name}.query.weight`, [hiddenSize, querySize], spread(querySize));
      const queries = inRows(query, (rows) => matmul(rows, weight, { transposeB: true }));
      const projected = inRows(keys, (rows) => linear(rows, `${name}.key`, hiddenSize, keySize ** -0.5));
      return throughTanh(queries, projected, name);
    }
    case "concat": {
      const size = querySize + keySize;
      const weight = parameter(`${name}.concat.weight`, [hiddenSize, size], spread(size));
      const part = (x: Value, start: number, end: number): Value =>
        inRows(x, (rows) => matmul(rows, slice(weight, 1, start, end), { transposeB: true }));
      return throughTanh(part(query, 0, querySize), part(keys, querySize, size), name);
    }
  }
}

/** `v . tanh(q + k)` of each query with each key: `[batch, query, hidden]` and `[batch, key, hidden]`. */
function throughTanh(queries: Value, keys: Value, name: string): Value {
  const [batch, queryCount, hiddenSize] = [
    sizeAt(queries, 0),
    sizeAt(queries, 1),
    sizeAt(queries, 2) as number,
  ];
  const keyCount = sizeAt(keys, 1);
  const pairs = tanh(
    add(
      reshape(queries, [batch, queryCount, 1, hiddenSize]),
      reshape(keys, [batch, 1, keyCount, hiddenSize]),
    ),
  );
  const vector = parameter(`${name}.vector`, [hiddenSize], spread(hiddenSize));
  const rows = reshape(pairs, [shapeSize([batch, queryCount, keyCount]), hiddenSize]);
  return reshape(matmul(rows, reshape(vector, [hiddenSize, 1])), [batch, queryCount, keyCount]);
}

/** A function of rows applied to `[batch, length, size]`. */
function inRows(x: Value, apply: (rows: Value) => Value): Value {
  const [batch, length] = [sizeAt(x, 0), sizeAt(x, 1)];
  const rows = apply(reshape(x, [multiplyDimensions(batch, length), sizeAt(x, 2)]));
  return reshape(rows, [batch, length, sizeAt(rows, 1)]);
}

function spread(inSize: number): { kind: "uniform"; limit: number } {
  return { kind: "uniform", limit: 1 / Math.sqrt(inSize) };
}
