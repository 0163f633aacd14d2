import type { Source, Value } from "./graph.js";

/** Every source that `roots` depend on, inputs before users. Iterative, so that depth is no limit. */
export function inOrder(roots: readonly Value[]): Source[] {
  const order: Source[] = [];
  const seen = new Set<Source>();
  const stack: { source: Source; next: number }[] = [];
  const enter = (source: Source): void => {
    if (seen.has(source)) return;
    seen.add(source);
    stack.push({ source, next: 0 });
  };
  for (const root of roots) {
    enter(root.source);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.source.kind === "op" ? top.source.inputs[top.next++] : undefined;
      if (child !== undefined) enter(child.source);
      else order.push(stack.pop()!.source);
    }
  }
  return order;
}

/** Which outputs of each source are read: by another source, or as one of `roots`. */
export function readOutputs(roots: readonly Value[]): ReadonlyMap<Source, ReadonlySet<number>> {
  const read = new Map<Source, Set<number>>();
  const note = ({ source, output }: Value): void => {
    const outputs = read.get(source);
    if (outputs === undefined) read.set(source, new Set([output]));
    else outputs.add(output);
  };
  roots.forEach(note);
  for (const source of inOrder(roots)) if (source.kind === "op") source.inputs.forEach(note);
  return read;
}

/** The inputs or parameters that `roots` depend on, one value a name, in the order of their first use. */
export function leaves(roots: readonly Value[], kind: "input" | "parameter"): Value[] {
  const found = new Map<string, Value>();
  const seen = new Set<Source>();
  const collect = (value: Value): void => {
    if (value.source.kind === kind && !found.has(value.source.name)) found.set(value.source.name, value);
  };
  for (const root of roots) collect(root);
  for (const source of inOrder(roots)) {
    if (source.kind !== "op" || seen.has(source)) continue;
    seen.add(source);
    source.inputs.forEach(collect);
  }
  return [...found.values()];
}
