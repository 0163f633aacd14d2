import {
  cast,
  cumulativeSum,
  equal,
  matmul,
  multiply,
  range,
  reshape,
  sizeAt,
  sum,
  type Value,
} from "../engine/index.js";

/** Of each example the row of its last token, whichever side padding is on: `[batch, sequence, hidden]` to `[batch, hidden]`. */
export function lastToken(hidden: Value, mask: Value): Value {
  const [batch, sequence, hiddenSize] = [sizeAt(mask, 0), sizeAt(mask, 1), sizeAt(hidden, 2)];
  const chosen = cast(isLast(mask), "float32");
  return reshape(matmul(reshape(chosen, [batch, 1, sequence]), hidden), [batch, hiddenSize]);
}

/** Where that token stands: int64 `[batch, 1]`. */
export function lastPlaces(mask: Value): Value {
  return reshape(sum(multiply(isLast(mask), range(sizeAt(mask, 1))), [1]), [sizeAt(mask, 0), 1]);
}

/** One 1 in each row of a mask: int64 `[batch, sequence]`. */
function isLast(mask: Value): Value {
  const isEnd = cast(equal(cumulativeSum(mask, 1), sum(mask, [1])), "int64"); // the last token, and padding after it
  return multiply(isEnd, mask);
}
