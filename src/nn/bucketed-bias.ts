import { int64 } from "../base/tensor.js";
import {
  add,
  constant,
  type Dimension,
  gather,
  greater,
  maximum,
  parameter,
  reshape,
  sizeAt,
  transpose,
  type Value,
  where,
} from "../engine/index.js";

export interface BucketedBiasOptions {
  readonly headCount: number;
  /** How many numbers a head learns. */
  readonly bucketCount: number;
  /** From this distance on there is one bucket. */
  readonly maxDistance: number;
  /** Whether keys behind the query have buckets of their own; in a decoder nobody sees them. */
  readonly bothWays: boolean;
  readonly deviation: number;
}

/**
 * What T5 adds to the scores of attention instead of positions (Raffel et al. 2019, https://arxiv.org/abs/1910.10683,
 * section 2.1): a number for each head and bucket of distances. `distances` is the position of the key less that of
 * the query, int64 `[query, key]` or `[batch, query, key]`; gives `[1 or batch, heads, query, key]`. Parameter
 * `<name>.weight` `[buckets, heads]`.
 */
export function bucketedBias(distances: Value, name: string, options: BucketedBiasOptions): Value {
  const { headCount, bucketCount, maxDistance, deviation } = options;
  const whole = (value: number): Value => constant(int64([], [value]));
  const table = int64([2 * maxDistance + 1], distanceBuckets(options));
  const batch: Dimension = distances.shape.length === 3 ? sizeAt(distances, 0) : 1;
  const shifted = maximum(add(distances, whole(maxDistance)), whole(0));
  const farthest = whole(2 * maxDistance);
  const clamped = where(greater(shifted, farthest), farthest, shifted);
  const buckets = gather(constant(table), clamped);
  const learnt = parameter(`${name}.weight`, [bucketCount, headCount], { kind: "normal", deviation });
  const [queryLength, keyLength] = [sizeAt(distances, -2), sizeAt(distances, -1)];
  const biases = reshape(gather(learnt, buckets), [batch, queryLength, keyLength, headCount]);
  return transpose(biases, [0, 3, 1, 2]);
}

/**
 * The bucket of each distance from `-maxDistance` to `maxDistance`: near ones have one each, farther ones share
 * buckets whose width grows with the logarithm.
 */
export function distanceBuckets({
  bucketCount,
  maxDistance,
  bothWays,
}: Pick<BucketedBiasOptions, "bucketCount" | "maxDistance" | "bothWays">): number[] {
  const count = bothWays ? Math.floor(bucketCount / 2) : bucketCount;
  const exactCount = Math.floor(count / 2);
  const bucketOf = (distance: number): number => {
    if (distance < exactCount) return distance;
    // in single precision, as PyTorch has it: a bucket's border must not move by a rounding
    const ratio = Math.fround(Math.log(Math.fround(distance / exactCount)));
    const share = Math.fround(ratio / Math.fround(Math.log(maxDistance / exactCount)));
    return Math.min(count - 1, exactCount + Math.trunc(Math.fround(share * (count - exactCount))));
  };
  return Array.from({ length: 2 * maxDistance + 1 }, (_, i) => {
    const distance = i - maxDistance;
    if (distance <= 0) return bucketOf(Math.abs(distance));
    return bothWays ? count + bucketOf(distance) : 0;
  });
}
