import { float32 } from "../base/tensor.js";
import { constant, type Value } from "../engine/index.js";

/**
 * The table of the paper's positions (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.5):
 * `[count, size]`, a row a position. Sines stand in the first half and cosines in the second, as Marian has them; in
 * the paper they alternate, which is the same model with its columns in another order.
 */
export function sinusoidalPositions(count: number, size: number): Value {
  const data = new Float32Array(count * size);
  const half = Math.ceil(size / 2);
  for (let position = 0; position < count; position++)
    for (let i = 0; i < size; i++) {
      const pair = i < half ? i : i - half;
      const angle = position / 10000 ** ((2 * pair) / size);
      data[position * size + i] = i < half ? Math.sin(angle) : Math.cos(angle);
    }
  return constant(float32([count, size], data));
}
