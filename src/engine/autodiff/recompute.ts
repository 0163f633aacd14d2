import type { Application, Source, Value } from "../graph/graph.js";
import { applyOp } from "../graph/op.js";
import { inOrder } from "../graph/walk.js";
import { after } from "../ops/index.js";
import { gradient } from "./gradient.js";

/**
 * The gradient of `loss` for `targets`, made to keep little of the forward pass (gradient checkpointing, Chen et al.
 * 2016, https://arxiv.org/abs/1604.06174). Between one of the `boundaries` and the next, what the backward pass
 * needs is computed a second time, from the boundary, once the gradient of the next boundary is there. So only the
 * boundaries are held from the forward pass on; the numbers are the same.
 *
 * `boundaries` are values of the forward pass in order, such as the input of each layer.
 */
export function recomputedGradient(
  loss: Value,
  targets: readonly Value[],
  boundaries: readonly Value[],
): (Value | undefined)[] {
  const [first, ...rest] = boundaries;
  if (first === undefined || rest.length === 0) return gradient(loss, targets);
  const all = gradient(loss, [...targets, ...rest]);
  const forward = new Set<Source>(inOrder([loss]));
  const blocks = blocksBetween(boundaries);
  const flowing = all.slice(targets.length);
  const rebuilt = new Map<Source, Application>();
  const copies = new Map<Source, Application>();

  /** A value of the backward pass, reading copies in place of what lies within blocks. */
  const rebuild = (value: Value): Value => {
    const { source } = value;
    if (source.kind !== "op" || forward.has(source)) return value;
    return sameOutput(rebuilt.get(source) ?? value, value);
  };
  /** A value of the forward pass as the backward pass reads it. */
  const read = (value: Value): Value => {
    const block = blocks.get(value.source);
    if (block === undefined || value === boundaries[block + 1]) return rebuild(value);
    return copy(value, block);
  };
  const copy = (value: Value, block: number): Value => {
    const { source } = value;
    const start = boundaries[block]!;
    const next = flowing[block];
    if (source === start.source)
      return next === undefined ? value : sameOutput(entry(block, start, rebuild(next)), value);
    if (source.kind !== "op" || blocks.get(source) !== block) return value;
    const made =
      copies.get(source) ??
      applyOp(
        source.op,
        source.inputs.map((input) => copy(input, block)),
        source.attributes,
      );
    copies.set(source, made);
    return sameOutput(made, value);
  };
  const entries = new Map<number, Value>();
  const entry = (block: number, start: Value, next: Value): Value => {
    const made = entries.get(block) ?? after(start, next);
    entries.set(block, made);
    return made;
  };

  const roots = all.filter((value) => value !== undefined);
  for (const source of inOrder(roots)) {
    if (source.kind !== "op" || forward.has(source)) continue;
    const inputs = source.inputs.map((input) => (forward.has(input.source) ? read(input) : rebuild(input)));
    rebuilt.set(source, applyOp(source.op, inputs, source.attributes));
  }
  return all.slice(0, targets.length).map((value) => (value === undefined ? undefined : rebuild(value)));
}

/** For each source of the forward pass that lies between two boundaries: after which of them. */
function blocksBetween(boundaries: readonly Value[]): Map<Source, number> {
  const earlier = new Set<Source>(inOrder([boundaries[0]!]));
  const blocks = new Map<Source, number>();
  boundaries.slice(1).forEach((boundary, block) => {
    for (const source of inOrder([boundary])) {
      if (earlier.has(source)) continue;
      earlier.add(source);
      if (source.kind === "op") blocks.set(source, block);
    }
  });
  return blocks;
}

function sameOutput(made: Application | Value, { output }: Value): Value {
  return "outputs" in made ? made.outputs[output]! : made;
}
