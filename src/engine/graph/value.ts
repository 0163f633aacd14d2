import type { DType } from "../../base/dtype.js";
import { internal, ShapeError } from "../../base/errors.js";
import type { Tensor } from "../../base/tensor.js";
import type { Dimension } from "./dimension.js";
import type { OpDefinition } from "./op.js";

export type Shape = readonly Dimension[];

/** What is known of a value before any number is: its dtype and its shape. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** One result in the graph: where it comes from, and what type it has. */
export interface Value extends ValueType {
  readonly source: Source;
  /** Which output of the source it is; 0 for all but ops with several outputs. */
  readonly output: number;
}

export type Source = Input | Parameter | Constant | Application;

/** Fed in each run. */
export interface Input {
  readonly kind: "input";
  readonly name: string;
  /** Set where the input is a dropout mask: drawn from (seed, step, site, index), not fed by the caller. */
  readonly mask?: DropoutMask;
}

/** Elements are 1 with probability 1 - rate, else 0. */
export interface DropoutMask {
  readonly site: number;
  readonly rate: number;
}

/** Trained; its numbers live outside the graph under its name. Two uses of one name are one parameter. */
export interface Parameter {
  readonly kind: "parameter";
  readonly name: string;
  readonly initial: Initial;
}

/** How a parameter starts where no checkpoint gives it. */
export type Initial =
  | { readonly kind: "normal"; readonly deviation: number }
  | { readonly kind: "fill"; readonly value: number };

/** Numbers fixed when the graph is built. */
export interface Constant {
  readonly kind: "constant";
  readonly tensor: Tensor;
}

/** An op at work on its inputs. */
export interface Application {
  readonly kind: "op";
  // biome-ignore lint/suspicious/noExplicitAny: ops of all attributes meet in one graph
  readonly op: OpDefinition<any>;
  readonly attributes: unknown;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

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
