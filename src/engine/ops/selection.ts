import { ShapeError } from "../../base/errors.js";
import { int64 } from "../../base/tensor.js";
import type { Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { describe, scalar } from "../graph/value.js";
import { multiply, subtract } from "./arithmetic.js";
import { broadcastIndex, broadcastShapes } from "./broadcasting.js";
import { cast } from "./casting.js";

// Choosing by comparison.

export const greaterOp: Op<void> = comparison("greater", "Greater", (a, b) => a > b, "float32");
export const equalOp: Op<void> = comparison("equal", "Equal", (a, b) => a === b, "int64");

export const whereOp: Op<void> = defineOp<void>({
  name: "where",
  infer([condition, a, b]) {
    if (condition!.dtype !== "bool")
      throw new ShapeError(`where: expected a bool condition, got ${describe(condition!)}`);
    const branches = { dtype: a!.dtype, shape: broadcastShapes("where", a!, b!) };
    return [{ dtype: a!.dtype, shape: broadcastShapes("where", condition!, branches) }];
  },
  evaluate({ inputs: [condition, a, b], outputs: [out] }) {
    for (let i = 0; i < out!.data.length; i++) {
      const chosen = condition!.data[broadcastIndex(i, out!.shape, condition!.shape)] ? a! : b!;
      out!.data[i] = chosen.data[broadcastIndex(i, out!.shape, chosen.shape)]!;
    }
  },
  lower: ({ emit, inputs }) => emit.node("Where", inputs),
  gradient({ dy, x: [condition] }) {
    const chosen = cast(condition!, "float32");
    return [null, multiply(dy, chosen), multiply(dy, subtract(1, chosen))];
  },
  examples: [
    {
      inputs: [{ shape: [2, 3], dtype: "bool", range: [0, 2] }, { shape: [2, 3] }, { shape: [1, 3] }],
      attributes: undefined,
    },
  ],
});

export const maximumOp: Op<void> = defineOp<void>({
  name: "maximum",
  infer: ([a, b]) => [{ dtype: a!.dtype, shape: broadcastShapes("maximum", a!, b!) }],
  evaluate({ inputs: [a, b], outputs: [out] }) {
    for (let i = 0; i < out!.data.length; i++)
      out!.data[i] = Math.max(
        a!.data[broadcastIndex(i, out!.shape, a!.shape)]!,
        b!.data[broadcastIndex(i, out!.shape, b!.shape)]!,
      );
  },
  lower: ({ emit, inputs }) => emit.node("Max", inputs),
  gradient({ dy, x: [a, b] }) {
    const first = cast(greater(a!, b!), "float32"); // of equals the second counts
    return [multiply(dy, first), multiply(dy, subtract(1, first))];
  },
  simd: 0xe9, // f32x4.max
  examples: [
    {
      inputs: [
        { shape: [2, 3], range: [0.5, 2] },
        { shape: [2, 3], range: [-2, 0.4] },
      ],
      attributes: undefined,
    },
    {
      inputs: [
        { shape: [2, 1], range: [-2, 0.4] },
        { shape: [3], range: [0.5, 2] },
      ],
      attributes: undefined,
    },
  ],
});

interface LargestAttributes {
  readonly axis: number;
}

export const largestOp: Op<LargestAttributes> = defineOp<LargestAttributes>({
  name: "largest",
  infer: ([x], { axis }) => [
    { dtype: x!.dtype, shape: x!.shape.map((size, own) => (own === axis ? 1 : size)) },
  ],
  evaluate({ inputs: [x], outputs: [out] }) {
    out!.data.fill(-Infinity);
    for (let i = 0; i < x!.data.length; i++) {
      const j = broadcastIndex(i, x!.shape, out!.shape);
      out!.data[j] = Math.max(out!.data[j]!, x!.data[i]!);
    }
  },
  lower: ({ emit, inputs: [x], attributes: { axis } }) =>
    emit.node("ReduceMax", [x!, emit.constant(int64([1], [axis]))], { keepdims: { kind: "int", value: 1 } }),
  // of several that are equally large each gets all of it: they are no more than one where numbers are drawn
  gradient: ({ dy, x, y }) => [where(equal(x[0]!, y[0]!), dy, scalar(0))],
  examples: [
    { inputs: [{ shape: [2, 4, 3] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [3, 5] }], attributes: { axis: 1 } },
  ],
});

/** The largest element along an axis, which stays as size 1. */
export const largest = (x: Value, axis: number): Value =>
  largestOp([x], { axis: axis < 0 ? axis + x.shape.length : axis })[0];
/** The larger of `a` and `b`, element by element, broadcasting. */
export const maximum = (a: Value, b: Value): Value => maximumOp([a, b])[0];
/** The smaller of `a` and `b`, element by element, broadcasting. */
export const minimum = (a: Value, b: Value): Value => where(greater(a, b), b, a);
/** Whether `a > b`, element by element. */
export const greater = (a: Value, b: Value): Value => greaterOp([a, b])[0];
/** Whether `a` equals `b`, element by element. */
export const equal = (a: Value, b: Value): Value => equalOp([a, b])[0];
/** `a` where the condition holds, else `b`; all three broadcast. */
export const where = (condition: Value, a: Value, b: Value): Value => whereOp([condition, a, b])[0];

function comparison(
  name: string,
  type: string,
  holds: (a: number, b: number) => boolean,
  dtype: "float32" | "int64",
): Op<void> {
  const range = dtype === "int64" ? ([0, 3] as const) : ([-1, 1] as const);
  return defineOp<void>({
    name,
    infer: ([a, b]) => [{ dtype: "bool", shape: broadcastShapes(name, a!, b!) }],
    evaluate({ inputs: [a, b], outputs: [out] }) {
      for (let i = 0; i < out!.data.length; i++) {
        const x = a!.data[broadcastIndex(i, out!.shape, a!.shape)]!;
        const y = b!.data[broadcastIndex(i, out!.shape, b!.shape)]!;
        out!.data[i] = Number(holds(x, y));
      }
    },
    lower: ({ emit, inputs }) => emit.node(type, inputs),
    gradient: () => [null, null],
    examples: [
      {
        inputs: [
          { shape: [2, 3], range, dtype },
          { shape: [1, 3], range, dtype },
        ],
        attributes: undefined,
      },
    ],
  });
}
