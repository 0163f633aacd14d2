import type { DType } from "../base/index.js";

/** A number type of the format: its width, and the dtype that holds it, where we have one. */
export interface ElementType {
  readonly bits: number;
  readonly dtype?: DType;
}

/**
 * All number types of the format, in the order of its library (`Dtype` in tensor.rs): files are written with
 * the types of the largest alignment first, which is this order backwards.
 */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["BOOL", { bits: 8, dtype: "bool" }],
  ["F4", { bits: 4 }],
  ["F6_E2M3", { bits: 6 }],
  ["F6_E3M2", { bits: 6 }],
  ["U8", { bits: 8, dtype: "uint8" }],
  ["I8", { bits: 8, dtype: "int8" }],
  ["F8_E5M2", { bits: 8 }],
  ["F8_E4M3", { bits: 8 }],
  ["F8_E8M0", { bits: 8 }],
  ["F8_E4M3FNUZ", { bits: 8 }],
  ["F8_E5M2FNUZ", { bits: 8 }],
  ["I16", { bits: 16 }],
  ["U16", { bits: 16 }],
  ["F16", { bits: 16, dtype: "float16" }],
  ["BF16", { bits: 16, dtype: "bfloat16" }],
  ["I32", { bits: 32, dtype: "int32" }],
  ["U32", { bits: 32 }],
  ["F32", { bits: 32, dtype: "float32" }],
  ["C64", { bits: 64 }],
  ["F64", { bits: 64, dtype: "float64" }],
  ["I64", { bits: 64, dtype: "int64" }],
  ["U64", { bits: 64 }],
]);

/** What the format calls each dtype. */
export const typeNames: Record<DType, string> = {
  bool: "BOOL",
  uint8: "U8",
  int8: "I8",
  float16: "F16",
  bfloat16: "BF16",
  int32: "I32",
  float32: "F32",
  float64: "F64",
  int64: "I64",
};
