import type { Tensor } from "../base/index.js";
import type { FlatLoops, Runtime, Value } from "../engine/index.js";
import type { ArenaLayout } from "./arena.js";
import { normOf, scalarFeeds, type UpdateArrays, type UpdateRun } from "./update-arrays.js";

// Updates that treat all numbers alike, over the flat array of each group.

/** The update as one loop that reads and writes each number once. */
export function inLoops(
  loops: FlatLoops,
  layout: ArenaLayout,
  graph: ReadonlyMap<string, Value>,
  arrays: UpdateArrays,
): UpdateRun {
  const loop = loops.compile(graph);
  const arraysOf = (group: number, prefix: string): Record<string, Float32Array> =>
    Object.fromEntries([...arrays].map(([name, arena]) => [prefix + name, arena.groups[group]!]));
  return {
    gradientNorm: () =>
      Math.sqrt(arrays.get("gradient")!.groups.reduce((sum, array) => sum + loops.sumOfSquares(array), 0)),
    async run(scalars, clip) {
      layout.sizes.forEach((_, group) => {
        const values = Object.entries({ ...scalars[group], clip }).map(
          ([name, value]) => [`scalar:${name}`, value] as const,
        );
        loop(arraysOf(group, ""), arraysOf(group, "new:"), Object.fromEntries(values));
      });
    },
    close: async () => {},
  };
}

/** How many numbers an update takes at a time: few enough that all its arrays stay in the cache. */
const pieceSize = 1 << 17;

/** The update by its graph, over pieces of the arrays, in place. */
export async function inPieces(
  runtime: Runtime,
  layout: ArenaLayout,
  graph: ReadonlyMap<string, Value>,
  arrays: UpdateArrays,
): Promise<UpdateRun> {
  const program = await runtime.compile(graph);
  return {
    gradientNorm: () => normOf(arrays.get("gradient")!),
    async run(scalars, clip) {
      for (const [group, size] of layout.sizes.entries()) {
        const fed = scalarFeeds({ ...scalars[group], clip });
        for (let start = 0; start < size; start += pieceSize) {
          const pieces = [...arrays].map(([name, arena]): [string, Tensor] => {
            const data = arena.groups[group]!.subarray(start, start + pieceSize);
            return [name, { dtype: "float32", shape: [data.length], data }];
          });
          const into = new Map(pieces.map(([name, tensor]) => [`new:${name}`, tensor]));
          await program.run(new Map([...pieces, ...fed]), into);
        }
      }
    },
    close: () => program.close(),
  };
}
