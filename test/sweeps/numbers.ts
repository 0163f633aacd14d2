import { allocate, type DType, isFloat } from "../../src/base/dtype.js";
import type { Random } from "../../src/base/random.js";
import { sizeOf, type Tensor } from "../../src/base/tensor.js";
import type { ExampleInput } from "../../src/engine/graph/graph.js";

/** Numbers for an op's example: floats as float64, integers as their dtype. */
export function drawExample(example: ExampleInput, random: Random): Tensor {
  const { shape, dtype = "float32" } = example;
  const [low, high] = example.range ?? [-1, 1];
  const numbers = Array.from({ length: sizeOf(shape) }, () =>
    isFloat(dtype) ? low + (high - low) * random.uniform() : low + random.integer(high - low),
  );
  return fromNumbers(isFloat(dtype) ? "float64" : dtype, shape, numbers);
}

export function fromNumbers(dtype: DType, shape: readonly number[], numbers: ArrayLike<number>): Tensor {
  const data = allocate(dtype, numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    if (data instanceof BigInt64Array) data[i] = BigInt(numbers[i]!);
    else data[i] = numbers[i]!;
  }
  return { dtype, shape, data } as Tensor;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
