import { ShapeError } from "../../base/errors.js";
import { addDimensions, type Dimension, shapeSize, subtractDimensions } from "../graph/dimension.js";
import type { Array64, Shape, Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { describe, sizeAt } from "../graph/value.js";
import { add } from "./arithmetic.js";

// Ops that move numbers and change none. `slice` and `pad` are each other's gradient, and so are `split` and
// `concatenate`.

interface ReshapeAttributes {
  readonly shape: Shape;
}

export const reshapeOp: Op<ReshapeAttributes> = defineOp<ReshapeAttributes>({
  name: "reshape",
  isView: true,
  infer([x], { shape }) {
    if (shapeSize(x!.shape) !== shapeSize(shape))
      throw new ShapeError(
        `reshape: expected as many elements as ${describe(x!)} has, got [${shape.join(", ")}]`,
      );
    return [{ dtype: x!.dtype, shape }];
  },
  evaluate({ inputs: [x], outputs: [out] }) {
    out!.data.set(x!.data);
  },
  lower({ emit, inputs: [x], attributes: { shape } }) {
    const symbolic = shape.filter((size) => typeof size === "string").length;
    const target =
      symbolic === 1
        ? emit.shape(shape.map((size) => (typeof size === "string" ? -1 : size)))
        : emit.shape(shape);
    return emit.node("Reshape", [x!, target]);
  },
  gradient: ({ dy, x }) => [reshape(dy, x[0]!.shape)],
  examples: [{ inputs: [{ shape: [2, 6] }], attributes: { shape: [3, 4] } }],
});

interface TransposeAttributes {
  readonly order: readonly number[];
}

export const transposeOp: Op<TransposeAttributes> = defineOp<TransposeAttributes>({
  name: "transpose",
  infer: ([x], { order }) => [{ dtype: x!.dtype, shape: order.map((axis) => sizeAt(x!, axis)) }],
  evaluate({ inputs: [x], outputs: [out], attributes: { order } }) {
    const strides = stridesOf(x!.shape);
    forEachIndex(out!.shape, (at, i) => {
      out!.data[i] = x!.data[order.reduce((offset, axis, k) => offset + at[k]! * strides[axis]!, 0)]!;
    });
  },
  lower: ({ emit, inputs, attributes: { order } }) =>
    emit.node("Transpose", inputs, { perm: { kind: "ints", value: order } }),
  gradient: ({ dy, attributes: { order } }) => [
    transpose(
      dy,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  examples: [
    { inputs: [{ shape: [2, 3] }], attributes: { order: [1, 0] } },
    { inputs: [{ shape: [2, 3, 4, 5] }], attributes: { order: [0, 2, 1, 3] } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { order: [2, 0, 1] } },
  ],
});

interface SliceAttributes {
  readonly axis: number;
  readonly start: Dimension;
  readonly end: Dimension;
}

export const sliceOp: Op<SliceAttributes> = defineOp<SliceAttributes>({
  name: "slice",
  infer: ([x], { axis, start, end }) => [
    {
      dtype: x!.dtype,
      shape: x!.shape.map((size, i) => (i === axis ? subtractDimensions(end, start) : size)),
    },
  ],
  evaluate({ inputs: [x], outputs: [out], attributes: { axis, start }, size }) {
    copyBand(out!, x!, axis, size(start), (large, small) => {
      out!.data[small] = x!.data[large]!;
    });
  },
  lower: ({ emit, inputs: [x], attributes: { axis, start, end } }) =>
    emit.node("Slice", [x!, emit.shape([start]), emit.shape([end]), emit.shape([axis])]),
  gradient: ({ dy, x, attributes: { axis, start, end } }) => [
    pad(dy, axis, start, subtractDimensions(sizeAt(x[0]!, axis), end)),
  ],
  examples: [
    { inputs: [{ shape: [4, 3] }], attributes: { axis: 0, start: 1, end: 3 } },
    { inputs: [{ shape: [2, 5, 2] }], attributes: { axis: 1, start: 0, end: 1 } },
  ],
});

interface PadAttributes {
  readonly axis: number;
  readonly before: Dimension;
  readonly after: Dimension;
}

export const padOp: Op<PadAttributes> = defineOp<PadAttributes>({
  name: "pad",
  infer: ([x], { axis, before, after }) => [
    {
      dtype: x!.dtype,
      shape: x!.shape.map((size, i) =>
        i === axis ? addDimensions(addDimensions(size, before), after) : size,
      ),
    },
  ],
  evaluate({ inputs: [x], outputs: [out], attributes: { axis, before }, size }) {
    copyBand(x!, out!, axis, size(before), (large, small) => {
      out!.data[large] = x!.data[small]!;
    });
  },
  lower({ emit, inputs: [x], inputTypes, attributes: { axis, before, after } }) {
    const rank = inputTypes[0]!.shape.length;
    const ends: Dimension[] = new Array<Dimension>(2 * rank).fill(0);
    ends[axis] = before;
    ends[rank + axis] = after;
    return emit.node("Pad", [x!, emit.shape(ends)]);
  },
  gradient: ({ dy, x, attributes: { axis, before } }) => [
    slice(dy, axis, before, addDimensions(sizeAt(x[0]!, axis), before)),
  ],
  examples: [
    { inputs: [{ shape: [2, 3] }], attributes: { axis: 1, before: 1, after: 2 } },
    { inputs: [{ shape: [2, 1, 2] }], attributes: { axis: 1, before: 0, after: 4 } },
  ],
});

interface ConcatenateAttributes {
  readonly axis: number;
}

export const concatenateOp: Op<ConcatenateAttributes> = defineOp<ConcatenateAttributes>({
  name: "concatenate",
  infer(inputs, { axis }) {
    const [first] = inputs;
    const size = inputs.map((input) => sizeAt(input, axis)).reduce(addDimensions);
    for (const input of inputs)
      if (input.shape.some((own, i) => i !== axis && own !== first!.shape[i]))
        throw new ShapeError(
          `concatenate: expected shapes equal but for axis ${axis}, got ${inputs.map(describe).join(" and ")}`,
        );
    return [{ dtype: first!.dtype, shape: first!.shape.map((own, i) => (i === axis ? size : own)) }];
  },
  evaluate({ inputs, outputs: [out], attributes: { axis } }) {
    let start = 0;
    for (const x of inputs) {
      copyBand(x, out!, axis, start, (large, small) => {
        out!.data[large] = x.data[small]!;
      });
      start += x.shape[axis]!;
    }
  },
  lower: ({ emit, inputs, attributes: { axis } }) =>
    emit.node("Concat", inputs, { axis: { kind: "int", value: axis } }),
  gradient({ dy, x, attributes: { axis } }) {
    let start: Dimension = 0;
    return x.map((part) => {
      const end: Dimension = addDimensions(start, sizeAt(part, axis));
      const dx = slice(dy, axis, start, end);
      start = end;
      return dx;
    });
  },
  examples: [{ inputs: [{ shape: [2, 3] }, { shape: [2, 1] }, { shape: [2, 2] }], attributes: { axis: 1 } }],
});

interface SplitAttributes {
  readonly axis: number;
  readonly sizes: readonly Dimension[];
}

export const splitOp: Op<SplitAttributes> = defineOp<SplitAttributes>({
  name: "split",
  infer([x], { axis, sizes }) {
    if (sizes.reduce(addDimensions) !== sizeAt(x!, axis))
      throw new ShapeError(
        `split: expected sizes that add up to axis ${axis} of ${describe(x!)}, got ${sizes}`,
      );
    return sizes.map((size) => ({
      dtype: x!.dtype,
      shape: x!.shape.map((own, i) => (i === axis ? size : own)),
    }));
  },
  evaluate({ inputs: [x], outputs, attributes: { axis } }) {
    let start = 0;
    for (const part of outputs) {
      copyBand(part, x!, axis, start, (large, small) => {
        part.data[small] = x!.data[large]!;
      });
      start += part.shape[axis]!;
    }
  },
  lower: ({ emit, inputs: [x], attributes: { axis, sizes } }) =>
    emit.node(
      "Split",
      [x!, emit.shape(sizes)],
      { axis: { kind: "int", value: axis } },
      { outputCount: sizes.length },
    ),
  gradient({ dys, x: [x], attributes: { axis, sizes } }) {
    const flowing = sizes.map((_, i) => dys[i]);
    if (flowing.every((dy) => dy !== undefined)) return [concatenate(flowing, axis)];
    let start: Dimension = 0;
    const padded = sizes.flatMap((size, i) => {
      const [before, end] = [start, addDimensions(start, size)];
      start = end;
      const dy = dys[i];
      return dy === undefined ? [] : [pad(dy, axis, before, subtractDimensions(sizeAt(x!, axis), end))];
    });
    return [padded.reduce(add)];
  },
  examples: [
    { inputs: [{ shape: [2, 6] }], attributes: { axis: 1, sizes: [1, 3, 2] } },
    { inputs: [{ shape: [4, 3, 2] }], attributes: { axis: 0, sizes: [2, 2] } },
  ],
});

/** The same numbers in another shape. */
export function reshape(x: Value, shape: Shape): Value {
  const { source } = x;
  const origin = source.kind === "op" && source.op === reshapeOp.definition ? source.inputs[0]! : x;
  return origin.shape.join() === shape.join() ? origin : reshapeOp([origin], { shape })[0];
}

/** Axes in another order: `transpose(x, [0, 2, 1])` swaps the last two of three. */
export const transpose = (x: Value, order: readonly number[]): Value => transposeOp([x], { order })[0];

/** Elements `start` (counted from the front) up to but without `end` along an axis. */
export function slice(x: Value, axis: number, start: Dimension, end: Dimension): Value {
  if (start === 0 && end === sizeAt(x, axis)) return x;
  return sliceOp([x], { axis, start, end })[0];
}

/** Zeros before and after along an axis. */
export function pad(x: Value, axis: number, before: Dimension, after: Dimension): Value {
  return before === 0 && after === 0 ? x : padOp([x], { axis, before, after })[0];
}

/** One after the other along an axis. */
export const concatenate = (parts: readonly Value[], axis: number): Value =>
  concatenateOp(parts, { axis })[0];

/** Cut along an axis into parts of these sizes, which add up to the axis's. */
export const split = (x: Value, axis: number, sizes: readonly Dimension[]): readonly Value[] =>
  splitOp([x], { axis, sizes });

/** For each element of `small`, its index there and in `large`, of which it is the band that begins at `start`. */
function copyBand(
  small: Array64,
  large: Array64,
  axis: number,
  start: number,
  copy: (large: number, small: number) => void,
): void {
  const strides = stridesOf(large.shape);
  forEachIndex(small.shape, (at, i) => {
    copy(
      at.reduce((offset, index, k) => offset + (k === axis ? index + start : index) * strides[k]!, 0),
      i,
    );
  });
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

function forEachIndex(shape: readonly number[], visit: (at: readonly number[], i: number) => void): void {
  const at = new Array<number>(shape.length).fill(0);
  const size = shape.reduce((a, b) => a * b, 1);
  for (let i = 0; i < size; i++) {
    visit(at, i);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = at[axis]! + 1;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
}
