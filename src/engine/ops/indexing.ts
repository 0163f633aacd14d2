import { internal, ShapeError } from "../../base/errors.js";
import { float32, int64 } from "../../base/tensor.js";
import type { Shape, Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { constant, describe, scalar, sizeAt } from "../graph/value.js";
import { add, multiply, subtract } from "./arithmetic.js";
import { reshape } from "./layout.js";
import { sum } from "./reduction.js";
import { equal, where } from "./selection.js";
import { exp } from "./transcendental.js";

// Ops that find their way by integer ids. `gather` and `scatterAdd` are each other's gradient.

interface GatherAttributes {
  /** Rows of this id get no gradient, as with PyTorch's `padding_idx`. */
  readonly frozenId?: number;
}

export const gatherOp: Op<GatherAttributes> = defineOp<GatherAttributes>({
  name: "gather",
  infer([table, ids]) {
    if (ids!.dtype !== "int64") throw new ShapeError(`gather: expected int64 ids, got ${describe(ids!)}`);
    return [{ dtype: table!.dtype, shape: [...ids!.shape, ...table!.shape.slice(1)] }];
  },
  evaluate({ inputs: [table, ids], outputs: [out] }) {
    const size = table!.data.length / table!.shape[0]!;
    ids!.data.forEach((id, i) => {
      out!.data.set(table!.data.subarray(id * size, (id + 1) * size), i * size);
    });
  },
  lower: ({ emit, inputs }) => emit.node("Gather", inputs, { axis: { kind: "int", value: 0 } }),
  gradient({ dy, x: [table, ids], attributes: { frozenId } }) {
    if (frozenId === undefined) return [scatterAdd(dy, ids!, table!.shape), null];
    const columns = new Array<number>(table!.shape.length - 1).fill(1);
    const isFrozen = equal(reshape(ids!, [...ids!.shape, ...columns]), constant(int64([], [frozenId])));
    return [scatterAdd(where(isFrozen, scalar(0), dy), ids!, table!.shape), null];
  },
  examples: [
    { inputs: [{ shape: [5, 3] }, { shape: [2, 4], dtype: "int64", range: [0, 5] }], attributes: {} },
    { inputs: [{ shape: [4] }, { shape: [6], dtype: "int64", range: [0, 4] }], attributes: {} },
    {
      inputs: [{ shape: [5, 3] }, { shape: [2, 4], dtype: "int64", range: [1, 5] }],
      attributes: { frozenId: 0 },
    },
  ],
});

interface ScatterAddAttributes {
  readonly shape: Shape;
}

/** Rows added up at their ids, in order: the adjoint of gather. */
export const scatterAddOp: Op<ScatterAddAttributes> = defineOp<ScatterAddAttributes>({
  name: "scatterAdd",
  infer: ([rows], { shape }) => [{ dtype: rows!.dtype, shape }],
  evaluate({ inputs: [rows, ids], outputs: [out] }) {
    const size = out!.data.length / out!.shape[0]!;
    ids!.data.forEach((id, i) => {
      for (let k = 0; k < size; k++) out!.data[id * size + k]! += rows!.data[i * size + k]!;
    });
  },
  // ScatterND with reduction=add is not deterministic on several threads (onnxruntime#23396); ScatterElements
  // runs on one. A trained table does not come here: the trainer adds its rows up itself.
  lower({ emit, inputs: [rows, ids], inputTypes, attributes: { shape } }) {
    const [rowsType, idsType] = inputTypes;
    const trailing = new Array<number>(shape.length - 1).fill(1);
    const flat = emit.node("Reshape", [
      rows!,
      emit.constant(int64([shape.length], [-1, ...(shape.slice(1) as number[])])),
    ])[0];
    const column = emit.node("Reshape", [ids!, emit.constant(int64([shape.length], [-1, ...trailing]))])[0];
    const index = emit.node("Expand", [column, emit.node("Shape", [flat])[0]])[0];
    const zeros = emit.node("ConstantOfShape", [emit.shape(shape)])[0];
    if (rowsType!.dtype !== "float32")
      throw internal(`scatterAdd of ${describe(rowsType!)} at ${describe(idsType!)}`);
    return emit.node("ScatterElements", [zeros, index, flat], {
      axis: { kind: "int", value: 0 },
      reduction: { kind: "string", value: "add" },
    });
  },
  gradient: ({ dy, x: [, ids] }) => [gather(dy, ids!), null],
  examples: [
    {
      inputs: [{ shape: [2, 4, 3] }, { shape: [2, 4], dtype: "int64", range: [0, 5] }],
      attributes: { shape: [5, 3] },
    },
  ],
});

interface CrossEntropyAttributes {
  /** The share of the probability that is wished for all classes alike, not for the label. */
  readonly smoothing: number;
}

/** Outputs: the cross-entropy of each label, and the log-probabilities of all classes. */
export const crossEntropyOp: Op<CrossEntropyAttributes> = defineOp<CrossEntropyAttributes>({
  name: "crossEntropy",
  infer([logits, labels]) {
    if (logits!.shape.length !== 2 || labels!.shape.join() !== logits!.shape.slice(0, 1).join())
      throw new ShapeError(
        `crossEntropy: expected logits [n, classes] and labels [n], got ${describe(logits!)} and ${describe(labels!)}`,
      );
    return [{ dtype: logits!.dtype, shape: logits!.shape.slice(0, 1) }, logits!];
  },
  evaluate({ inputs: [logits, labels], outputs: [losses, logProbabilities], attributes: { smoothing } }) {
    const classes = logits!.shape[1]!;
    labels!.data.forEach((label, i) => {
      const row = logits!.data.subarray(i * classes, (i + 1) * classes);
      const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const total = Math.log(row.reduce((a, b) => a + Math.exp(b - largest), 0)) + largest;
      row.forEach((logit, k) => {
        logProbabilities!.data[i * classes + k] = logit - total;
      });
      const mean = row.reduce((a, b) => a + b, 0) / classes;
      losses!.data[i] = total - (1 - smoothing) * row[label]! - smoothing * mean;
    });
  },
  lower({ emit, inputs, attributes: { smoothing } }) {
    const [losses, logProbabilities] = emit.node(
      "SoftmaxCrossEntropyLoss",
      inputs,
      { reduction: { kind: "string", value: "none" } },
      { outputCount: 2 },
    ) as [string, string];
    if (smoothing === 0) return [losses, logProbabilities];
    const scaled = (name: string, by: number): string =>
      emit.node("Mul", [name, emit.constant(float32([], [by]))])[0];
    const mean = emit.node("ReduceMean", [logProbabilities, emit.constant(int64([1], [1]))], {
      keepdims: { kind: "int", value: 0 },
    })[0];
    return [emit.node("Sub", [scaled(losses, 1 - smoothing), scaled(mean, smoothing)])[0], logProbabilities];
  },
  gradient({
    dys: [dLosses, dLogProbabilities],
    x: [logits, labels],
    y: [, logProbabilities],
    attributes: { smoothing },
  }) {
    const probabilities = exp(logProbabilities!);
    const flowing: Value[] = [];
    if (dLosses !== undefined) {
      const perRow = reshape(dLosses, [sizeAt(logits!, 0), 1]);
      const difference = addOneHot(probabilities, labels!, smoothing - 1);
      const share = smoothing / (sizeAt(logits!, 1) as number);
      flowing.push(multiply(smoothing === 0 ? difference : subtract(difference, share), perRow));
    }
    if (dLogProbabilities !== undefined)
      flowing.push(subtract(dLogProbabilities, multiply(probabilities, sum(dLogProbabilities, [-1]))));
    return [flowing.reduce(add), null];
  },
  examples: [0, 0.1].map((smoothing) => ({
    inputs: [{ shape: [4, 3] }, { shape: [4], dtype: "int64", range: [0, 3] }],
    attributes: { smoothing },
  })),
});

interface AddOneHotAttributes {
  readonly amount: number;
}

export const addOneHotOp: Op<AddOneHotAttributes> = defineOp<AddOneHotAttributes>({
  name: "addOneHot",
  infer: ([x]) => [x!],
  evaluate({ inputs: [x, ids], outputs: [out], attributes: { amount } }) {
    const size = x!.shape[1]!;
    out!.data.set(x!.data);
    ids!.data.forEach((id, i) => {
      out!.data[i * size + id]! += amount;
    });
  },
  lower({ emit, inputs: [x, ids], inputTypes, attributes: { amount } }) {
    const column = emit.shape([sizeAt(inputTypes[1]!, 0), 1]);
    const index = emit.node("Reshape", [ids!, column])[0];
    const update = emit.node("Expand", [emit.constant(float32([1, 1], [amount])), column])[0];
    return emit.node("ScatterElements", [x!, index, update], {
      axis: { kind: "int", value: 1 },
      reduction: { kind: "string", value: "add" },
    });
  },
  gradient: ({ dy }) => [dy, null],
  examples: [
    {
      inputs: [{ shape: [4, 3] }, { shape: [4], dtype: "int64", range: [0, 3] }],
      attributes: { amount: -1 },
    },
  ],
});

/** Rows of a table by id: `[rows, ...]` at ids `[...]` gives `[...ids, ...]`. The row of `frozenId` gets no gradient. */
export const gather = (table: Value, ids: Value, frozenId?: number): Value =>
  gatherOp([table, ids], frozenId === undefined ? {} : { frozenId })[0];
/** Rows added up at their ids, into zeros of `shape`. */
export const scatterAdd = (rows: Value, ids: Value, shape: Shape): Value =>
  scatterAddOp([rows, ids], { shape })[0];
/**
 * `-log softmax(logits)[label]` of each row: logits `[n, classes]`, labels `[n]` give `[n]`. With label smoothing (Szegedy
 * et al. 2015, https://arxiv.org/abs/1512.00567) a share of it is the mean over all classes instead.
 */
export const crossEntropy = (logits: Value, labels: Value, smoothing = 0): Value =>
  crossEntropyOp([logits, labels], { smoothing })[0];
/** `x[i, ids[i]] + amount`, all else unchanged: x `[n, classes]`, ids `[n]`. */
export const addOneHot = (x: Value, ids: Value, amount: number): Value =>
  addOneHotOp([x, ids], { amount })[0];
