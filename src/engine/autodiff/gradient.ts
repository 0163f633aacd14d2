import { isFloat } from "../../base/dtype.js";
import { ShapeError } from "../../base/errors.js";
import { float32 } from "../../base/tensor.js";
import type { Flow, Source, Value } from "../graph/graph.js";
import { constant, describe } from "../graph/value.js";
import { inOrder } from "../graph/walk.js";
import { add, sumTo } from "../ops/index.js";

/**
 * The gradient of `loss` for each of `targets`, as more values of the same graph; undefined where the loss does
 * not depend on a target. Reverse-mode differentiation: one walk from the loss back, adding up what flows into
 * each value. Broadcasting is undone here, once, so that the rules of the ops need not think of it.
 *
 * `seed` is what flows into the loss, of the loss's shape; by default the loss must have one element and gets 1.
 */
export function gradient(
  loss: Value,
  targets: readonly Value[],
  seed: Value = one(loss),
): (Value | undefined)[] {
  return differentiate([[loss, seed]], targets);
}

/** The same for several values with what flows into each. */
function differentiate(seeds: readonly Flow[], targets: readonly Value[]): (Value | undefined)[] {
  const flows = new Map<Identity, (Value | undefined)[]>();
  const flowInto = (value: Value, dy: Value): void => {
    const outputs = flows.get(identity(value.source)) ?? [];
    const earlier = outputs[value.output];
    outputs[value.output] = earlier === undefined ? dy : add(earlier, dy);
    flows.set(identity(value.source), outputs);
  };
  const order = inOrder(seeds.map(([value]) => value));
  const needed = identitiesAbove(targets, order);
  for (const [value, dy] of seeds) flowInto(value, dy);
  for (const source of order.reverse()) {
    const dys = flows.get(source);
    if (dys === undefined || source.kind !== "op" || !needed.has(source)) continue;
    const { op, inputs, outputs, attributes } = source;
    const context = { dys, dy: dys[0] as Value, x: inputs, y: outputs, attributes, differentiate };
    op.gradient(context).forEach((dx, i) => {
      const x = inputs[i];
      if (dx === null || x === undefined || !isFloat(x.dtype) || !needed.has(identity(x.source))) return;
      flowInto(x, sumTo(dx, x.shape));
    });
  }
  return targets.map((target) => flows.get(identity(target.source))?.[target.output]);
}

/** A parameter is one however many values of the graph name it (tied weights); all else is its own source. */
type Identity = Source | string;

function identity(source: Source): Identity {
  return source.kind === "parameter" ? source.name : source;
}

/** What lies on a way from a target to the loss: nothing need flow anywhere else (below a frozen layer, say). */
function identitiesAbove(targets: readonly Value[], order: readonly Source[]): Set<Identity> {
  const needed = new Set<Identity>(targets.map((target) => identity(target.source)));
  for (const source of order)
    if (source.kind === "op" && source.inputs.some((x) => needed.has(identity(x.source)))) needed.add(source);
  return needed;
}

function one(loss: Value): Value {
  if (loss.shape.some((size) => size !== 1))
    throw new ShapeError(
      `gradient: expected a loss of one element, or a seed of its shape; got ${describe(loss)}`,
    );
  return constant(float32(loss.shape as number[], [1]));
}
