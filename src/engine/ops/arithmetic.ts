import { ShapeError } from "../../base/errors.js";
import type { GradientContext, Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { describe, scalar } from "../graph/value.js";
import { broadcastIndex, broadcastShapes } from "./broadcasting.js";

// The four operations on two values that broadcast. Broadcasting is undone once, in autodiff/gradient.ts:
// no rule here thinks of it.

export const addOp: Op<void> = binary(
  "add",
  "Add",
  0xe4,
  (a, b) => a + b,
  ({ dy }) => [dy, dy],
);
export const subtractOp: Op<void> = binary(
  "subtract",
  "Sub",
  0xe5,
  (a, b) => a - b,
  ({ dy }) => [dy, negate(dy)],
);
export const multiplyOp: Op<void> = binary(
  "multiply",
  "Mul",
  0xe6,
  (a, b) => a * b,
  ({ dy, x }) => [multiply(dy, x[1]!), multiply(dy, x[0]!)],
);
export const divideOp: Op<void> = binary(
  "divide",
  "Div",
  0xe7,
  (a, b) => a / b,
  ({ dy, x, y }) => [divide(dy, x[1]!), negate(divide(multiply(dy, y[0]!), x[1]!))],
);

/** `a + b`, broadcasting. A number stands for a constant. */
export const add = (a: Value | number, b: Value | number): Value => addOp([lift(a), lift(b)])[0];
/** `a - b`, broadcasting. */
export const subtract = (a: Value | number, b: Value | number): Value => subtractOp([lift(a), lift(b)])[0];
/** `a * b`, element by element, broadcasting. */
export const multiply = (a: Value | number, b: Value | number): Value => multiplyOp([lift(a), lift(b)])[0];
/** `a / b`, broadcasting. */
export const divide = (a: Value | number, b: Value | number): Value => divideOp([lift(a), lift(b)])[0];
/** `-x`. */
export const negate = (x: Value): Value => multiply(x, -1);

function lift(value: Value | number): Value {
  return typeof value === "number" ? scalar(value) : value;
}

function binary(
  name: string,
  type: string,
  simd: number,
  apply: (a: number, b: number) => number,
  gradient: (context: GradientContext<void>) => readonly (Value | null)[],
): Op<void> {
  return defineOp<void>({
    name,
    infer([a, b]) {
      if (a!.dtype !== b!.dtype)
        throw new ShapeError(`${name}: expected one dtype, got ${describe(a!)} and ${describe(b!)}`);
      return [{ dtype: a!.dtype, shape: broadcastShapes(name, a!, b!) }];
    },
    evaluate({ inputs: [a, b], outputs: [out] }) {
      for (let i = 0; i < out!.data.length; i++)
        out!.data[i] = apply(
          a!.data[broadcastIndex(i, out!.shape, a!.shape)]!,
          b!.data[broadcastIndex(i, out!.shape, b!.shape)]!,
        );
    },
    lower: ({ emit, inputs }) => emit.node(type, inputs),
    gradient,
    simd,
    examples: [
      { inputs: [{ shape: [2, 3] }, { shape: [2, 3], range: [0.5, 2] }], attributes: undefined },
      { inputs: [{ shape: [2, 1] }, { shape: [1, 3], range: [0.5, 2] }], attributes: undefined },
      { inputs: [{ shape: [2, 4, 3] }, { shape: [3], range: [0.5, 2] }], attributes: undefined },
      { inputs: [{ shape: [] }, { shape: [2, 3], range: [-2, -0.5] }], attributes: undefined },
    ],
  });
}
