import {
  cast,
  cumulativeSum,
  type Dimension,
  divide,
  largest,
  matmul,
  multiply,
  reshape,
  scalar,
  slice,
  sqrt,
  sum,
  type Value,
  where,
} from "../engine/index.js";
import { lastToken } from "./last-token.js";
import type { Pooling } from "./pooling-names.js";

/** One vector a text: hidden `[batch, sequence, hidden]` and a mask of tokens `[batch, sequence]` give `[batch, hidden]`. */
export function pool(hidden: Value, mask: Value, pooling: Pooling): Value {
  const [batch, sequence, hiddenSize] = hidden.shape as [Dimension, Dimension, number];
  const tokens = cast(mask, "float32"); // [batch, sequence]
  /** The sum of all tokens, each counted as often as `weights` [batch, sequence] say. */
  const weighted = (weights: Value): Value =>
    reshape(matmul(reshape(weights, [batch, 1, sequence]), hidden), [batch, hiddenSize]);
  const total = (weights: Value): Value => sum(weights, [1]); // [batch, 1]
  switch (pooling) {
    case "mean":
      return divide(weighted(tokens), total(tokens));
    case "mean-sqrt-length":
      return divide(weighted(tokens), sqrt(total(tokens)));
    case "weighted-mean": {
      // the first token counts once, the second twice, and so on
      const weights = multiply(tokens, cast(cumulativeSum(mask, 1), "float32"));
      return divide(weighted(weights), total(weights));
    }
    case "cls":
      return reshape(slice(hidden, 1, 0, 1), [batch, hiddenSize]);
    case "last":
      return lastToken(hidden, mask);
    case "max": {
      const isToken = reshape(cast(mask, "bool"), [batch, sequence, 1]);
      return reshape(largest(where(isToken, hidden, scalar(-1e9)), 1), [batch, hiddenSize]);
    }
  }
}
