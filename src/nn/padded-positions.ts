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
 * padding, ids `[0, 7, 2, 1]` have the positions `[2, 3, 4, 1]`. Ids and positions are int64 `[batch, sequence]`. Where
 * a row holds several texts, `counted` says where in its text each token stands, from 0.
 */
export function paddedPositions(ids: Value, paddingId: number, counted?: Value): Value {
  const [one, offset] = [1, paddingId].map((number) => constant(int64([], [number])));
  const isPadding = cast(equal(ids, offset!), "int64");
  const isToken = subtract(one!, isPadding);
  const numbers = counted === undefined ? cumulativeSum(isToken, 1) : add(counted, one!);
  return add(multiply(numbers, isToken), offset!);
}
