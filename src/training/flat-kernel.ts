import type { Tensor } from "../base/index.js";
import type { FlatLoops, FlatRange, Program, Value } from "../engine/index.js";
import { scalarFeeds } from "./update-arrays.js";

/** The update of flat arrays of one length, in place: `parameter`, `gradient`, `state:...`. */
export type FlatKernel = (
  arrays: Readonly<Record<string, Float32Array>>,
  scalars: Readonly<Record<string, number>>,
) => Promise<void> | void;

/** The same of some ranges of them. */
export type RangeKernel = (...given: [...Parameters<FlatKernel>, ranges?: readonly FlatRange[]]) => void;

/** One loop that reads and writes each number once. */
export function loopKernel(loops: FlatLoops, graph: ReadonlyMap<string, Value>): RangeKernel {
  const loop = loops.compile(graph);
  const named = <T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
  return (arrays, scalars, ranges) => loop(arrays, named("new:", arrays), named("scalar:", scalars), ranges);
}

/** The graph as a runtime runs it. */
export function programKernel(program: Program): FlatKernel {
  return async (arrays, scalars) => {
    const tensors = Object.entries(arrays).map(([name, data]): [string, Tensor] => [
      name,
      { dtype: "float32", shape: [data.length], data },
    ]);
    const into = new Map(tensors.map(([name, tensor]) => [`new:${name}`, tensor]));
    await program.run(new Map([...tensors, ...scalarFeeds(scalars)]), into);
  };
}
