import type { Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { scalar, sizeAt } from "../graph/value.js";
import { add, divide, multiply, negate, subtract } from "./arithmetic.js";
import { slice } from "./layout.js";
import { mean, sum } from "./reduction.js";
import { maximum } from "./selection.js";
import { exp, sqrt } from "./transcendental.js";

// Ops along the last axis.

export const softmaxOp: Op<void> = defineOp<void>({
  name: "softmax",
  infer: ([x]) => [x!],
  evaluate({ inputs: [x], outputs: [out] }) {
    forEachRow(x!.shape, (start, end) => {
      const [largest, total] = rowLogSumExp(x!.data, start, end);
      for (let i = start; i < end; i++) out!.data[i] = Math.exp(x!.data[i]! - largest) / total;
    });
  },
  lower: ({ emit, inputs }) => emit.node("Softmax", inputs, { axis: { kind: "int", value: -1 } }),
  gradient: ({ dy, y }) => [multiply(y[0]!, subtract(dy, sum(multiply(dy, y[0]!), [-1])))],
  examples: [{ inputs: [{ shape: [2, 3, 4] }], attributes: undefined }],
});

export const logSoftmaxOp: Op<void> = defineOp<void>({
  name: "logSoftmax",
  infer: ([x]) => [x!],
  evaluate({ inputs: [x], outputs: [out] }) {
    forEachRow(x!.shape, (start, end) => {
      const [largest, total] = rowLogSumExp(x!.data, start, end);
      for (let i = start; i < end; i++) out!.data[i] = x!.data[i]! - largest - Math.log(total);
    });
  },
  lower: ({ emit, inputs }) => emit.node("LogSoftmax", inputs, { axis: { kind: "int", value: -1 } }),
  gradient: ({ dy, y }) => [subtract(dy, multiply(exp(y[0]!), sum(dy, [-1])))],
  examples: [{ inputs: [{ shape: [2, 3, 4] }], attributes: undefined }],
});

interface LayerNormalizationAttributes {
  readonly epsilon: number;
}

/** Outputs: the normalised values; the mean and the inverse standard deviation of each row, kept for the gradient. */
export const layerNormalizationOp: Op<LayerNormalizationAttributes> = defineOp<LayerNormalizationAttributes>({
  name: "layerNormalization",
  infer([x]) {
    const perRow = { dtype: x!.dtype, shape: [...x!.shape.slice(0, -1), 1] };
    return [x!, perRow, perRow];
  },
  evaluate({ inputs: [x, weight, bias], outputs: [out, means, inverses], attributes: { epsilon } }) {
    forEachRow(x!.shape, (start, end) => {
      const size = end - start;
      const row = x!.data.subarray(start, end);
      const average = row.reduce((a, b) => a + b, 0) / size;
      const variance = row.reduce((a, b) => a + (b - average) ** 2, 0) / size;
      const inverse = 1 / Math.sqrt(variance + epsilon);
      means!.data[start / size] = average;
      inverses!.data[start / size] = inverse;
      for (let i = 0; i < size; i++)
        out!.data[start + i] = (row[i]! - average) * inverse * weight!.data[i]! + bias!.data[i]!;
    });
  },
  lower: ({ emit, inputs, attributes: { epsilon } }) =>
    emit.node(
      "LayerNormalization",
      inputs,
      { axis: { kind: "int", value: -1 }, epsilon: { kind: "float", value: epsilon } },
      { outputCount: 3 },
    ),
  gradient({ dys: [dy, dMean, dInverse], x: [x, weight], y: [, average, inverse] }) {
    const normalized = multiply(subtract(x!, average!), inverse!);
    let dx: Value | null = null;
    const flow = (part: Value): void => {
      dx = dx === null ? part : add(dx, part);
    };
    if (dy !== undefined) {
      const scaled = multiply(dy, weight!);
      const centred = subtract(scaled, mean(scaled, [-1]));
      flow(
        multiply(subtract(centred, multiply(normalized, mean(multiply(scaled, normalized), [-1]))), inverse!),
      );
    }
    const size = sizeAt(x!, -1) as number;
    if (dMean !== undefined) flow(multiply(add(multiply(x!, 0), dMean), 1 / size));
    if (dInverse !== undefined)
      flow(
        negate(multiply(multiply(normalized, multiply(inverse!, inverse!)), multiply(dInverse, 1 / size))),
      );
    return [dx, dy === undefined ? null : multiply(dy, normalized), dy ?? null];
  },
  examples: [
    { inputs: [{ shape: [3, 4] }, { shape: [4] }, { shape: [4] }], attributes: { epsilon: 1e-5 } },
    { inputs: [{ shape: [2, 3, 5] }, { shape: [5] }, { shape: [5] }], attributes: { epsilon: 1e-12 } },
  ],
});

/** Exponentials that sum to 1 along the last axis. */
export const softmax = (x: Value): Value => softmaxOp([x])[0];
/** Logarithm of softmax along the last axis. */
export const logSoftmax = (x: Value): Value => logSoftmaxOp([x])[0];
/** `log(sum(exp(x)))` along the last axis, which stays as size 1. */
export function logSumExp(x: Value): Value {
  const axis = x.shape.length - 1;
  return subtract(slice(x, axis, 0, 1), slice(logSoftmax(x), axis, 0, 1)); // the same for every element of a row
}
/** Rows brought to length 1 along the last axis; rows of nothing but zeros stay. */
export function l2Normalize(x: Value): Value {
  const squares = sum(multiply(x, x), [-1]);
  return divide(x, sqrt(maximum(squares, scalar(1e-24)))); // lengths from 1e-12 up, as in PyTorch
}
/** Rows brought to mean 0 and variance 1, then scaled and shifted: `[..., size]` with weight and bias `[size]` (Ba et al. 2016, https://arxiv.org/abs/1607.06450). */
export const layerNormalization = (x: Value, weight: Value, bias: Value, epsilon: number): Value =>
  layerNormalizationOp([x, weight, bias], { epsilon })[0];

function forEachRow(shape: readonly number[], visit: (start: number, end: number) => void): void {
  const size = shape.at(-1) ?? 1;
  const total = shape.reduce((a, b) => a * b, 1);
  for (let start = 0; start < total; start += size) visit(start, start + size);
}

/** The largest of a row, and the sum of exponentials once it is taken off. */
function rowLogSumExp(data: Float64Array, start: number, end: number): [number, number] {
  let largest = -Infinity;
  for (let i = start; i < end; i++) largest = Math.max(largest, data[i]!);
  let total = 0;
  for (let i = start; i < end; i++) total += Math.exp(data[i]! - largest);
  return [largest, total];
}
