import { ShapeError } from "../../base/errors.js";
import { float32 } from "../../base/tensor.js";
import type { Array64, LowerContext, Value, ValueType } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { describe, sizeAt } from "../graph/value.js";

export interface MatmulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly scale: number;
}

/**
 * `scale * A B (+ bias)` over the last two axes, each side transposed first where told; leading axes are equal. The
 * bias is one row, or an array of rows and columns.
 */
export const matmulOp: Op<MatmulAttributes> = defineOp<MatmulAttributes>({
  name: "matmul",
  infer([a, b, bias], { transposeA, transposeB }) {
    const rows = sizeAt(a!, transposeA ? -1 : -2);
    const columns = sizeAt(b!, transposeB ? -2 : -1);
    const [innerA, innerB] = [sizeAt(a!, transposeA ? -2 : -1), sizeAt(b!, transposeB ? -1 : -2)];
    const leading = a!.shape.slice(0, -2);
    if (innerA !== innerB)
      throw new ShapeError(
        `matmul: expected inner sizes to agree, got ${innerA} of ${describe(a!)} and ${innerB} of ${describe(b!)}; transpose one side?`,
      );
    if (leading.join() !== b!.shape.slice(0, -2).join())
      throw new ShapeError(`matmul: expected equal leading axes, got ${describe(a!)} and ${describe(b!)}`);
    const added = [columns].join() === bias?.shape.join() || [rows, columns].join() === bias?.shape.join();
    if (bias !== undefined && !added)
      throw new ShapeError(`matmul: expected a bias of [${columns}], got ${describe(bias)}`);
    return [{ dtype: a!.dtype, shape: [...leading, rows, columns] }];
  },
  evaluate({ inputs: [a, b, bias], outputs: [out], attributes: { transposeA, transposeB, scale } }) {
    const [rows, columns] = out!.shape.slice(-2) as [number, number];
    const inner = a!.shape.at(transposeA ? -2 : -1)!;
    const count = out!.data.length / (rows * columns) || 0;
    for (let batch = 0; batch < count; batch++)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          for (let k = 0; k < inner; k++)
            sum +=
              element(a!, batch, transposeA ? k : i, transposeA ? i : k) *
              element(b!, batch, transposeB ? j : k, transposeB ? k : j);
          const added = bias === undefined ? 0 : bias.data[(i * columns + j) % bias.data.length]!;
          out!.data[(batch * rows + i) * columns + j] = scale * sum + added;
        }
  },
  lower(context) {
    return context.inputTypes[0]!.shape.length === 2 ? lowerToGemm(context) : lowerBatched(context);
  },
  gradient({ dy, x: [a, b, bias], attributes: { transposeA, transposeB, scale } }) {
    const da = transposeA
      ? matmul(b!, dy, { transposeA: transposeB, transposeB: true, scale })
      : matmul(dy, b!, { transposeB: !transposeB, scale });
    const db = transposeB
      ? matmul(dy, a!, { transposeA: true, transposeB: transposeA, scale })
      : matmul(a!, dy, { transposeA: !transposeA, scale });
    return bias === undefined ? [da, db] : [da, db, dy];
  },
  examples: [
    ...[false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) => ({
        inputs: [{ shape: transposeA ? [3, 2] : [2, 3] }, { shape: transposeB ? [4, 3] : [3, 4] }],
        attributes: { transposeA, transposeB, scale: 1 },
      })),
    ),
    ...[false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) => ({
        inputs: [
          { shape: transposeA ? [2, 2, 3, 2] : [2, 2, 2, 3] },
          { shape: transposeB ? [2, 2, 4, 3] : [2, 2, 3, 4] },
        ],
        attributes: { transposeA, transposeB, scale: 0.25 },
      })),
    ),
    {
      inputs: [{ shape: [2, 3] }, { shape: [4, 3] }, { shape: [4] }],
      attributes: { transposeA: false, transposeB: true, scale: 1 },
    },
    {
      inputs: [{ shape: [2, 3] }, { shape: [3, 4] }, { shape: [2, 4] }],
      attributes: { transposeA: false, transposeB: false, scale: 1 },
    },
  ],
});

/**
 * Matrix product over the last two axes: `[..., rows, inner] x [..., inner, columns]` gives `[..., rows, columns]`.
 * `transposeA` and `transposeB` swap the last two axes of a side first; `bias` (`[columns]` or `[rows, columns]`) is added.
 */
export function matmul(
  a: Value,
  b: Value,
  options: { transposeA?: boolean; transposeB?: boolean; scale?: number; bias?: Value } = {},
): Value {
  const { transposeA = false, transposeB = false, scale = 1, bias } = options;
  return matmulOp(bias === undefined ? [a, b] : [a, b, bias], { transposeA, transposeB, scale })[0];
}

function lowerToGemm({
  emit,
  inputs,
  attributes: { transposeA, transposeB, scale },
}: LowerContext<MatmulAttributes>): readonly string[] {
  return emit.node("Gemm", inputs, {
    transA: { kind: "int", value: Number(transposeA) },
    transB: { kind: "int", value: Number(transposeB) },
    alpha: { kind: "float", value: scale },
  });
}

function lowerBatched({
  emit,
  inputs,
  inputTypes,
  attributes,
}: LowerContext<MatmulAttributes>): readonly string[] {
  const { transposeA, transposeB, scale } = attributes;
  const [a, b, bias] = inputs as [string, string, string | undefined];
  let product: string;
  if (emit.contributedOps) {
    [product] = emit.node(
      "FusedMatMul",
      [a, b],
      {
        transA: { kind: "int", value: Number(transposeA) },
        transB: { kind: "int", value: Number(transposeB) },
        alpha: { kind: "float", value: scale },
      },
      { domain: "com.microsoft" },
    );
  } else {
    const swap = (name: string, type: ValueType): string => {
      const order = type.shape.map((_, axis) => axis);
      order.push(...order.splice(-2).reverse());
      return emit.node("Transpose", [name], { perm: { kind: "ints", value: order } })[0];
    };
    [product] = emit.node("MatMul", [
      transposeA ? swap(a, inputTypes[0]!) : a,
      transposeB ? swap(b, inputTypes[1]!) : b,
    ]);
    if (scale !== 1) [product] = emit.node("Mul", [product, emit.constant(float32([], [scale]))]);
  }
  return bias === undefined ? [product] : emit.node("Add", [product, bias]);
}

function element({ shape, data }: Array64, batch: number, row: number, column: number): number {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return data[(batch * rows + row) * columns + column]!;
}
