import { int64 } from "../base/index.js";
import {
  add,
  cast,
  constant,
  cumulativeSum,
  equal,
  multiply,
  subtract,
  type Value,
} from "../engine/index.js";

/**
 * Positions as RoBERTa counts them: tokens from `paddingId + 1` on, and padding stands at `paddingId`. With 1 for
 * padding, ids `[0, 7, 2, 1]` have the positions `[2, 3, 4, 1]`. Ids and positions are int64 `[batch, sequence]`.
 */
export function paddedPositions(ids: Value, paddingId: number): Value {
  const [one, offset] = [1, paddingId].map((number) => constant(int64([], [number])));
  const isPadding = cast(equal(ids, offset!), "int64");
  const isToken = subtract(one!, isPadding);
  return add(multiply(cumulativeSum(isToken, 1), isToken), offset!);
}
