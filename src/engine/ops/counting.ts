import { int64 } from "../../base/tensor.js";
import type { Dimension } from "../graph/dimension.js";
import type { Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { sizeAt } from "../graph/value.js";
import { subtract } from "./arithmetic.js";
import { broadcast, sum } from "./reduction.js";

// Numbers that follow from sizes and order: where something stands, how many came before.

interface RangeAttributes {
  readonly size: Dimension;
}

export const rangeOp: Op<RangeAttributes> = defineOp<RangeAttributes>({
  name: "range",
  infer: (_, { size }) => [{ dtype: "int64", shape: [size] }],
  evaluate({ outputs: [out] }) {
    for (let i = 0; i < out!.data.length; i++) out!.data[i] = i;
  },
  lower({ emit, attributes: { size } }) {
    const scalar = (value: number): string => emit.constant(int64([], [value]));
    const end = emit.node("Reshape", [emit.shape([size]), emit.constant(int64([0], []))])[0];
    return emit.node("Range", [scalar(0), end, scalar(1)]);
  },
  gradient: () => [],
  examples: [{ inputs: [], attributes: { size: 5 } }],
});

interface CumulativeSumAttributes {
  readonly axis: number;
}

export const cumulativeSumOp: Op<CumulativeSumAttributes> = defineOp<CumulativeSumAttributes>({
  name: "cumulativeSum",
  infer: ([x]) => [x!],
  evaluate({ inputs: [x], outputs: [out], attributes: { axis } }) {
    const { shape, data } = x!;
    const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    for (let i = 0; i < data.length; i++) {
      const isFirst = Math.floor(i / stride) % shape[axis]! === 0;
      out!.data[i] = data[i]! + (isFirst ? 0 : out!.data[i - stride]!);
    }
  },
  lower: ({ emit, inputs: [x], attributes: { axis } }) =>
    emit.node("CumSum", [x!, emit.constant(int64([], [axis]))]),
  // each element flows into itself and all that follow: the total less what came before
  gradient({ dy, attributes: { axis } }) {
    const total = broadcast(sum(dy, [axis]), dy.shape);
    return [subtract(total, subtract(cumulativeSum(dy, axis), dy))];
  },
  examples: [
    { inputs: [{ shape: [2, 5] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [3, 2, 2] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [2, 4], dtype: "int64", range: [0, 3] }], attributes: { axis: 1 } },
  ],
});

/** `0, 1, 2, ...`: int64 `[size]`. */
export const range = (size: Dimension): Value => rangeOp([], { size })[0];

/** The sum of all elements up to and with each one, along an axis: `[1, 2, 3]` gives `[1, 3, 6]`. */
export function cumulativeSum(x: Value, axis: number): Value {
  sizeAt(x, axis); // refuses an axis that is not there
  return cumulativeSumOp([x], { axis: axis < 0 ? axis + x.shape.length : axis })[0];
}
