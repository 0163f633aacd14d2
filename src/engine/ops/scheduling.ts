import { int64 } from "../../base/tensor.js";
import type { Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";

/**
 * `x`, but not before `dependency` is there. Gradient checkpointing recomputes a block from such a value: the
 * runtime can neither merge the second computation with the first nor start it early.
 */
export const afterOp: Op<void> = defineOp<void>({
  name: "after",
  infer: ([x]) => [x!],
  evaluate({ inputs: [x], outputs: [out] }) {
    out!.data.set(x!.data);
  },
  // Adds a zero made from the dependency's shape, which no optimiser folds: x + 0 is x, bit for bit.
  lower({ emit, inputs: [x, dependency] }) {
    const rank = emit.node("Size", [dependency!])[0];
    const zero = emit.node("Mul", [rank, emit.constant(int64([], [0]))])[0];
    return emit.node("Add", [x!, emit.node("Cast", [zero], { to: { kind: "int", value: 1 } })[0]]);
  },
  gradient: ({ dy }) => [dy, null],
  examples: [{ inputs: [{ shape: [2, 3] }, { shape: [4] }], attributes: undefined }],
});

/** `x`, computed no earlier than `dependency`. */
export const after = (x: Value, dependency: Value): Value => afterOp([x, dependency])[0];
