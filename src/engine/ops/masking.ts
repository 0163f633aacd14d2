import { ShapeError } from "../../base/errors.js";
import { float32 } from "../../base/tensor.js";
import type { Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { describe } from "../graph/value.js";

interface ApplyMaskAttributes {
  readonly scale: number;
}

/** `x * mask * scale` with a mask of 0 and 1 in uint8: dropout once its mask is drawn. */
export const applyMaskOp: Op<ApplyMaskAttributes> = defineOp<ApplyMaskAttributes>({
  name: "applyMask",
  infer([x, mask]) {
    if (mask!.dtype !== "uint8" || mask!.shape.join() !== x!.shape.join())
      throw new ShapeError(
        `applyMask: expected a uint8 mask of the shape of ${describe(x!)}, got ${describe(mask!)}`,
      );
    return [x!];
  },
  evaluate({ inputs: [x, mask], outputs: [out], attributes: { scale } }) {
    for (let i = 0; i < out!.data.length; i++) out!.data[i] = x!.data[i]! * mask!.data[i]! * scale;
  },
  // DequantizeLinear is a cast and a scaling in one pass over memory.
  lower: ({ emit, inputs: [x, mask], attributes: { scale } }) =>
    emit.node("Mul", [x!, emit.node("DequantizeLinear", [mask!, emit.constant(float32([], [scale]))])[0]]),
  gradient: ({ dy, x: [, mask], attributes: { scale } }) => [applyMask(dy, mask!, scale), null],
  examples: [
    {
      inputs: [{ shape: [3, 4] }, { shape: [3, 4], dtype: "uint8", range: [0, 2] }],
      attributes: { scale: 1.25 },
    },
  ],
});

/** `x * mask * scale`; the mask has the shape of `x` and holds 0 and 1. */
export const applyMask = (x: Value, mask: Value, scale: number): Value =>
  applyMaskOp([x, mask], { scale })[0];
