import { internal } from "./errors.js";

/** The number types a value in a graph or a tensor in a file can have. */
export type DType =
  | "float32"
  | "float16"
  | "bfloat16"
  | "float64"
  | "int32"
  | "int64"
  | "bool"
  | "int8"
  | "uint8";

/** What holds the numbers of each dtype. float16 and bfloat16 are kept as their 16 bits, bool as 0 or 1. */
export interface ArrayOf {
  float32: Float32Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
  int8: Int8Array;
  uint8: Uint8Array;
}

export type NumericArray = ArrayOf[DType];

export const bytesPerElement: Record<DType, number> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int32: 4,
  int64: 8,
  bool: 1,
  int8: 1,
  uint8: 1,
};

const arrayTypes = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
} satisfies Record<DType, unknown>;

/** A zeroed array for `size` elements of `dtype`. */
export function allocate<D extends DType>(dtype: D, size: number): ArrayOf[D] {
  return new arrayTypes[dtype](size) as ArrayOf[D];
}

/** The bytes seen as elements of `dtype`; copied only where the bytes do not lie on an element boundary. */
export function viewBytes<D extends DType>(dtype: D, bytes: Uint8Array): ArrayOf[D] {
  const width = bytesPerElement[dtype];
  if (bytes.byteLength % width !== 0)
    throw internal(`${bytes.byteLength} bytes are not whole ${dtype} elements`);
  const aligned = bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes); // slice() of a Node Buffer does not copy
  return new arrayTypes[dtype](
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    bytes.byteLength / width,
  ) as ArrayOf[D];
}

/** The bytes of an array, not copied. */
export function bytesOf(array: NumericArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Whether values of this dtype can carry a gradient. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float16" || dtype === "bfloat16" || dtype === "float64";
}

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** bfloat16 bits of a number, rounded to nearest, ties to even. */
export function toBfloat16(x: number): number {
  scratchFloat[0] = x;
  const bits = scratchBits[0] as number;
  if (Number.isNaN(x)) return ((bits >>> 16) | 0x40) & 0xffff;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The number that bfloat16 bits stand for. */
export function fromBfloat16(bits: number): number {
  scratchBits[0] = bits << 16;
  return scratchFloat[0] as number;
}

/** float16 bits of a number, rounded to nearest, ties to even. */
export function toFloat16(x: number): number {
  scratchFloat[0] = x;
  const bits = scratchBits[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to infinity
  if (magnitude >= 0x38800000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  if (magnitude < 0x33000000) return sign; // below half the smallest subnormal
  const shift = 126 - (magnitude >>> 23); // 14 ... 24
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const result = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (result + (rest > half || (rest === half && (result & 1) === 1) ? 1 : 0));
}

/** The number that float16 bits stand for. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
