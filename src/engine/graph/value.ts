import type { DType } from "../../base/dtype.js";
import { internal, ShapeError } from "../../base/errors.js";
import type { Tensor } from "../../base/tensor.js";
import type { Dimension } from "./dimension.js";
import type { DropoutMask, Initial, Shape, Value, ValueType } from "./graph.js";

/** A value fed in each run: `input("ids", ["batch", "sequence"], "int64")`. */
export function input(name: string, shape: Shape, dtype: DType = "float32", mask?: DropoutMask): Value {
  return {
    source: mask === undefined ? { kind: "input", name } : { kind: "input", name, mask },
    output: 0,
    dtype,
    shape,
  };
}

/** A trained array: `parameter("dense.weight", [2, 384])`. Starts from a normal distribution of deviation 0.02. */
export function parameter(
  name: string,
  shape: readonly number[],
  initial: Initial = { kind: "normal", deviation: 0.02 },
): Value {
  return { source: { kind: "parameter", name, initial }, output: 0, dtype: "float32", shape };
}

/** An array that checkpoints hold beside the trained ones: `fixedParameter("logitsBias", [1, 32000], 0)`. */
export function fixedParameter(name: string, shape: readonly number[], value: number): Value {
  const initial = { kind: "fill", value } as const;
  return {
    source: { kind: "parameter", name, initial, isFixed: true },
    output: 0,
    dtype: "float32",
    shape,
  };
}

/** Whether a parameter is never trained. */
export function isFixed({ source }: Value): boolean {
  return source.kind === "parameter" && source.isFixed === true;
}

/** Numbers fixed now: `constant({ dtype: "float32", shape: [], data: new Float32Array([0.5]) })`. */
export function constant(tensor: Tensor): Value {
  return { source: { kind: "constant", tensor }, output: 0, dtype: tensor.dtype, shape: tensor.shape };
}

/** A float32 constant without axes. It is kept in float64, so that the reference runtime sees the exact number. */
export function scalar(value: number): Value {
  const tensor = { dtype: "float64", shape: [], data: Float64Array.of(value) } as const;
  return { source: { kind: "constant", tensor }, output: 0, dtype: "float32", shape: [] };
}

/** The name of an input or a parameter. */
export function nameOf(value: Value): string {
  const { source } = value;
  if (source.kind === "input" || source.kind === "parameter") return source.name;
  throw internal(`only inputs and parameters have names, not ${source.kind}`);
}

/** `[batch, 4] float32`, for messages. */
export function describe(type: ValueType): string {
  return `[${type.shape.join(", ")}] ${type.dtype}`;
}

/** The size of an axis, counted from the end where negative. */
export function sizeAt(type: ValueType, axis: number): Dimension {
  const size = type.shape.at(axis);
  if (size === undefined) throw new ShapeError(`expected an axis ${axis}, got ${describe(type)}`);
  return size;
}
