import {
  cast,
  cumulativeSum,
  equal,
  matmul,
  multiply,
  reshape,
  sizeAt,
  sum,
  type Value,
} from "../engine/index.js";

/** Of each example the row of its last token, whichever side padding is on: `[batch, sequence, hidden]` to `[batch, hidden]`. */
export function lastToken(hidden: Value, mask: Value): Value {
  const [batch, sequence, hiddenSize] = [sizeAt(mask, 0), sizeAt(mask, 1), sizeAt(hidden, 2)];
  const isEnd = cast(equal(cumulativeSum(mask, 1), sum(mask, [1])), "int64"); // the last token, and padding after it
  const chosen = cast(multiply(isEnd, mask), "float32"); // [batch, sequence]: one 1 in each row
  return reshape(matmul(reshape(chosen, [batch, 1, sequence]), hidden), [batch, hiddenSize]);
}
