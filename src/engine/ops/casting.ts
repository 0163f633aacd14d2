import type { DType } from "../../base/dtype.js";
import { isFloat } from "../../base/dtype.js";
import { elementCodes } from "../../formats/onnx/onnx-codes.js";
import type { Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";

interface CastAttributes {
  readonly dtype: DType;
}

export const castOp: Op<CastAttributes> = defineOp<CastAttributes>({
  name: "cast",
  infer: ([x], { dtype }) => [{ dtype, shape: x!.shape }],
  evaluate({ inputs: [x], outputs: [out], attributes: { dtype } }) {
    for (let i = 0; i < out!.data.length; i++) {
      const number = x!.data[i]!;
      out!.data[i] = isFloat(dtype) ? number : dtype === "bool" ? Number(number !== 0) : Math.trunc(number);
    }
  },
  lower: ({ emit, inputs, attributes: { dtype } }) =>
    emit.node("Cast", inputs, { to: { kind: "int", value: elementCodes[dtype] } }),
  gradient: ({ dy, x }) => [isFloat(x[0]!.dtype) ? cast(dy, x[0]!.dtype) : null],
  examples: [
    { inputs: [{ shape: [2, 3] }], attributes: { dtype: "float32" } },
    { inputs: [{ shape: [2, 3], dtype: "int64", range: [-3, 4] }], attributes: { dtype: "float32" } },
    { inputs: [{ shape: [2, 3], dtype: "uint8", range: [0, 2] }], attributes: { dtype: "bool" } },
  ],
});

/** The same numbers as another dtype; towards integers they are cut off, towards bool they become `x != 0`. */
export function cast(x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : castOp([x], { dtype })[0];
}
