import {
  allocate,
  asFloat32,
  isFloat,
  OptionError,
  type Tensor,
  toBfloat16,
  toFloat16,
  toNumbers,
} from "../base/index.js";

/** Floating-point weights in another width; integers and truth values stay. */
export function castFloats(
  weights: ReadonlyMap<string, Tensor>,
  dtype: "float32" | "float16" | "bfloat16",
): Map<string, Tensor> {
  return new Map(
    [...weights].map(([name, tensor]) => [name, isFloat(tensor.dtype) ? cast(name, tensor, dtype) : tensor]),
  );
}

function cast(name: string, tensor: Tensor, dtype: "float32" | "float16" | "bfloat16"): Tensor {
  if (tensor.dtype === dtype) return tensor;
  if (dtype === "float32") return asFloat32(tensor);
  const [round, infinity] = dtype === "float16" ? [toFloat16, 0x7c00] : [toBfloat16, 0x7f80];
  const numbers = toNumbers(tensor.dtype, tensor.data);
  const data = allocate(dtype, numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    data[i] = round(numbers[i]!);
    if ((data[i]! & 0x7fff) === infinity && Number.isFinite(numbers[i])) {
      throw new OptionError(`weight ${name}: expected numbers that ${dtype} can hold, got ${numbers[i]}`, {
        hint: "save as float32 instead (bfloat16 reaches as far as float32)",
      });
    }
  }
  return { dtype, shape: tensor.shape, data };
}
