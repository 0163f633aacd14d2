import {
  add,
  cast,
  concatenate,
  constant,
  cosine,
  type Dimension,
  multiply,
  negate,
  reshape,
  sine,
  sizeAt,
  slice,
  type Value,
} from "../engine/index.js";

/** Cosines and sines of the angles of each position: both `[1 or batch, 1, length, headSize]`. */
export interface Rotation {
  readonly cosines: Value;
  readonly sines: Value;
}

/**
 * Rotary positions (Su et al. 2021, https://arxiv.org/abs/2104.09864): position p turns the pair of elements
 * (i, i + headSize/2) by the angle `p * frequencies[i]`. `positions` is int64 `[length]` or `[batch, length]`;
 * `frequencies` has `headSize / 2` numbers, plainly `base^(-2i / headSize)`.
 */
export function rotation(positions: Value, frequencies: readonly number[]): Rotation {
  const batch: Dimension = positions.shape.length === 2 ? sizeAt(positions, 0) : 1;
  const length = sizeAt(positions, -1);
  const twice = Float64Array.from([...frequencies, ...frequencies]);
  const turns = constant({ dtype: "float32", shape: [twice.length], data: Float32Array.from(twice) });
  const angles = multiply(cast(reshape(positions, [batch, 1, length, 1]), "float32"), turns);
  return { cosines: cosine(angles), sines: sine(angles) };
}

/** Turn queries or keys `[batch, heads, length, headSize]` by the angles of their positions. */
export function rotate(x: Value, { cosines, sines }: Rotation): Value {
  const size = sizeAt(x, -1) as number;
  const [first, second] = [slice(x, 3, 0, size / 2), slice(x, 3, size / 2, size)];
  const turned = concatenate([negate(second), first], 3);
  return add(multiply(x, cosines), multiply(turned, sines));
}
