import { multiplyDimensions } from "../graph/dimension.js";
import type { Value } from "../graph/graph.js";
import { sizeAt } from "../graph/value.js";
import { add, addOp, multiply, multiplyOp } from "./arithmetic.js";
import { reshape, reshapeOp, transpose, transposeOp } from "./layout.js";
import { type MatmulAttributes, matmul, matmulOp } from "./matmul.js";
import { sum, sumOp } from "./reduction.js";

/** How the sum of a term over all steps of a loop is found: partly within, partly once outside. */
export interface StepSum {
  /** Values of a step that are wanted from all steps, one after the other: `[steps, ...]`. */
  readonly stacked: readonly Value[];
  /** Values of a step that the loop itself has to add up. */
  readonly added: readonly Value[];
  /** The sum, given what is stacked and what was added up. */
  finish(stack: (value: Value) => Value, total: (value: Value) => Value): Value;
}

/**
 * The sum of `term` over all steps, with as much of the work as possible once outside of the loop. The gradient of a
 * weight is `the sum of dy_t^T x_t`, which is one product of all `dy` with all `x`: a large product in place of many
 * small ones, and no array as large as the weight is written in each step.
 */
export function overSteps(term: Value, canStack: (value: Value) => boolean): StepSum {
  const { source } = term;
  const within: StepSum = { stacked: [], added: [term], finish: (_stack, total) => total(term) };
  if (source.kind !== "op") return within;
  const [a, b] = source.inputs as [Value, Value];
  switch (source.op) {
    case addOp.definition: {
      if (a.shape.join() !== b.shape.join()) return within;
      const [first, second] = [overSteps(a, canStack), overSteps(b, canStack)];
      return {
        stacked: [...first.stacked, ...second.stacked],
        added: [...first.added, ...second.added],
        finish: (stack, total) => add(first.finish(stack, total), second.finish(stack, total)),
      };
    }
    case multiplyOp.definition:
      return b.source.kind === "constant" && b.shape.length === 0
        ? mapped(overSteps(a, canStack), (total) => multiply(total, b))
        : within;
    case reshapeOp.definition:
      return mapped(overSteps(a, canStack), (total) => reshape(total, term.shape));
    case transposeOp.definition: {
      const { order } = source.attributes as { order: readonly number[] };
      return mapped(overSteps(a, canStack), (total) => transpose(total, order));
    }
    case sumOp.definition: {
      const { axes } = source.attributes as { axes: readonly number[] };
      if (!canStack(a)) return within;
      const outside = [0, ...axes.map((axis) => axis + 1)];
      return { stacked: [a], added: [], finish: (stack) => reshape(sum(stack(a), outside), term.shape) };
    }
    case matmulOp.definition: {
      const { transposeA, transposeB, scale } = source.attributes as MatmulAttributes;
      if (!transposeA || transposeB || source.inputs.length > 2 || !canStack(a) || !canStack(b))
        return within;
      const finish: StepSum["finish"] = (stack) =>
        matmul(joinSteps(stack(a)), joinSteps(stack(b)), { transposeA, scale });
      return { stacked: [a, b], added: [], finish };
    }
    default:
      return within;
  }
}

function mapped(inner: StepSum, then: (total: Value) => Value): StepSum {
  return { ...inner, finish: (stack, total) => then(inner.finish(stack, total)) };
}

/** The rows of all steps under each other: `[steps, ..., rows, columns]` to `[..., steps*rows, columns]`. */
function joinSteps(x: Value): Value {
  const leading = x.shape.slice(1, -2);
  const order = [...leading.keys()].map((axis) => axis + 1);
  const moved =
    leading.length === 0 ? x : transpose(x, [...order, 0, ...[1, 2].map((k) => leading.length + k)]);
  const rows = multiplyDimensions(sizeAt(x, 0), sizeAt(x, -2));
  return reshape(moved, [...leading, rows, sizeAt(x, -1)]);
}
