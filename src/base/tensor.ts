import { type ArrayOf, allocate, type DType, fromBfloat16, fromFloat16, type NumericArray } from "./dtype.js";
import { internal } from "./errors.js";

/** Numbers with a shape, row-major. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: ArrayOf[D];
}

/** How many elements a shape has; `[]` has one. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A tensor over `data`; throws where the sizes disagree. */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: ArrayOf[D]): Tensor<D> {
  if (data.length !== sizeOf(shape))
    throw internal(`tensor [${shape.join(", ")}] over ${data.length} elements`);
  return { dtype, shape, data };
}

/** A float32 tensor from plain numbers. */
export function float32(shape: readonly number[], data: ArrayLike<number>): Tensor<"float32"> {
  return tensor("float32", shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

/** An int64 tensor from plain numbers. */
export function int64(shape: readonly number[], data: ArrayLike<number>): Tensor<"int64"> {
  const out = new BigInt64Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = BigInt(data[i] as number);
  return tensor("int64", shape, out);
}

/** The elements as numbers, whatever the dtype. */
export function toNumbers(dtype: DType, data: NumericArray): Float64Array {
  const out = new Float64Array(data.length);
  if (dtype === "float16") for (let i = 0; i < out.length; i++) out[i] = fromFloat16(data[i] as number);
  else if (dtype === "bfloat16")
    for (let i = 0; i < out.length; i++) out[i] = fromBfloat16(data[i] as number);
  else for (let i = 0; i < out.length; i++) out[i] = Number(data[i]);
  return out;
}

/** The tensor as float32: itself where it is one, else converted. */
export function asFloat32(source: Tensor): Tensor<"float32"> {
  if (source.dtype === "float32") return source as Tensor<"float32">;
  const data = allocate("float32", source.data.length);
  data.set(toNumbers(source.dtype, source.data));
  return { dtype: "float32", shape: source.shape, data };
}
