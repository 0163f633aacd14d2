import { ShapeError } from "../../base/errors.js";
import { int64 } from "../../base/tensor.js";
import { type Dimension, multiplyDimensions } from "../graph/dimension.js";
import type { Shape, Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { describe, scalar, sizeAt } from "../graph/value.js";
import { divide, multiply } from "./arithmetic.js";
import { broadcastIndex, repeatedAxes } from "./broadcasting.js";
import { reshape } from "./layout.js";

// `sum` and `broadcast` are each other's gradient, so they share a file.

interface SumAttributes {
  readonly axes: readonly number[]; // from the front; kept as size 1
}

export const sumOp: Op<SumAttributes> = defineOp<SumAttributes>({
  name: "sum",
  infer: ([x], { axes }) => [
    { dtype: x!.dtype, shape: x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) },
  ],
  evaluate({ inputs: [x], outputs: [out] }) {
    for (let i = 0; i < x!.data.length; i++) {
      const j = broadcastIndex(i, x!.shape, out!.shape);
      out!.data[j] = out!.data[j]! + x!.data[i]!;
    }
  },
  lower: ({ emit, inputs: [x], attributes: { axes } }) =>
    emit.node("ReduceSum", [x!, emit.constant(int64([axes.length], axes))], {
      keepdims: { kind: "int", value: 1 },
    }),
  gradient: ({ dy, x }) => [broadcast(dy, x[0]!.shape)],
  examples: [
    { inputs: [{ shape: [2, 3] }], attributes: { axes: [1] } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 2] } },
  ],
});

interface BroadcastAttributes {
  readonly shape: Shape;
}

export const broadcastOp: Op<BroadcastAttributes> = defineOp<BroadcastAttributes>({
  name: "broadcast",
  infer: ([x], { shape }) => [{ dtype: x!.dtype, shape }],
  evaluate({ inputs: [x], outputs: [out] }) {
    for (let i = 0; i < out!.data.length; i++)
      out!.data[i] = x!.data[broadcastIndex(i, out!.shape, x!.shape)]!;
  },
  lower: ({ emit, inputs: [x], attributes: { shape } }) => emit.node("Expand", [x!, emit.shape(shape)]),
  gradient: ({ dy, x }) => [sumTo(dy, x[0]!.shape)],
  examples: [
    { inputs: [{ shape: [2, 1] }], attributes: { shape: [2, 3] } },
    { inputs: [{ shape: [3] }], attributes: { shape: [2, 4, 3] } },
  ],
});

/** Add up along `axes` (all, unless told), which stay as size 1. */
export function sum(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis)): Value {
  const fromFront = axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
  if (fromFront.some((axis) => !(axis in x.shape)))
    throw new ShapeError(`sum: expected axes of ${describe(x)}, got ${axes.join(", ")}`);
  return sumOp([x], { axes: fromFront })[0];
}

/** The average along `axes` (all, unless told), which stay as size 1. */
export function mean(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis)): Value {
  const count = axes.map((axis) => sizeAt(x, axis)).reduce<Dimension>(multiplyDimensions, 1);
  if (typeof count === "number") return multiply(sum(x, axes), 1 / count);
  const ones = broadcast(scalar(1), x.shape); // only the feeds tell how many there are
  return divide(sum(x, axes), sum(ones, axes));
}

/** Repeat along axes of size 1, or along new axes in front, until the shape is `shape`. */
export const broadcast = (x: Value, shape: Shape): Value => broadcastOp([x], { shape })[0];

/** Undo a broadcast: add up every axis along which a value of `shape` was repeated. */
export function sumTo(x: Value, shape: Shape): Value {
  const axes = repeatedAxes(x.shape, shape);
  const summed = axes.length === 0 ? x : sum(x, axes);
  return summed.shape.length === shape.length ? summed : reshape(summed, shape);
}
