import { bytesPerElement } from "../../base/dtype.js";
import { type Bindings, dimensionValue } from "./dimension.js";
import type { Source, Value } from "./graph.js";
import { inOrder } from "./walk.js";

/**
 * The most bytes that the results of ops take at once in a run: each from when it is computed until its last reader is
 * done, results of the graph until the end. `placed` are results that are written to arrays of the caller. Inputs and
 * parameters are the caller's, too.
 */
export function peakLiveBytes(
  roots: readonly Value[],
  bindings: Bindings,
  placed: ReadonlySet<Value> = new Set(),
): number {
  const order = inOrder(roots);
  const placedOutputs = new Map<Source, Set<number>>();
  for (const { source, output } of placed)
    placedOutputs.set(source, (placedOutputs.get(source) ?? new Set()).add(output));
  const owner = (source: Source): Source =>
    source.kind === "op" && source.op.isView === true ? owner(source.inputs[0]!.source) : source;
  const readers = new Map<Source, number>();
  const count = (source: Source): void => void readers.set(source, (readers.get(source) ?? 0) + 1);
  for (const source of order)
    if (source.kind === "op") for (const input of new Set(source.inputs)) count(owner(input.source));
  for (const root of roots) count(owner(root.source)); // never freed

  const sizeOfSource = (source: Source): number =>
    source.kind !== "op" || source.op.isView === true
      ? 0
      : source.outputs.reduce(
          (sum, { dtype, shape }, i) =>
            placedOutputs.get(source)?.has(i)
              ? sum
              : sum +
                shape.reduce<number>((product, size) => product * dimensionValue(size, bindings), 1) *
                  bytesPerElement[dtype],
          0,
        );
  let [live, peak] = [0, 0];
  for (const source of order) {
    live += sizeOfSource(source);
    peak = Math.max(peak, live);
    if (source.kind !== "op") continue;
    for (const input of new Set(source.inputs)) {
      const owning = owner(input.source);
      const left = readers.get(owning)! - 1;
      readers.set(owning, left);
      if (left === 0) live -= sizeOfSource(owning);
    }
  }
  return peak;
}
