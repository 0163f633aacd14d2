import type { Program, Runtime, Value } from "../engine/index.js";
import type { ArenaLayout } from "./arena.js";
import { normOf, scalarFeeds, type UpdateArrays, type UpdateRun } from "./update-arrays.js";

/**
 * An update that looks at a parameter as a whole: a graph for each number of axes, run once for each parameter. What
 * comes out is copied over the arrays afterwards, since a graph that still reads norms must not be written over.
 */
export async function parameterByParameter(
  runtime: Runtime,
  layout: ArenaLayout,
  graphs: ReadonlyMap<string, ReadonlyMap<string, Value>>,
  arrays: UpdateArrays,
): Promise<UpdateRun> {
  const programs = new Map<string, Program>();
  for (const [axisCount, graph] of graphs) programs.set(axisCount, await runtime.compile(graph));
  return {
    gradientNorm: () => normOf(arrays.get("gradient")!),
    async run(scalars, clip) {
      for (const { name, shape, group } of layout.slots) {
        const views = [...arrays].map(([key, arena]) => [key, arena.view(name)] as const);
        const feeds = new Map([...views, ...scalarFeeds({ ...scalars[group], clip })]);
        const results = await programs.get(`${shape.length}`)!.run(feeds);
        for (const [key, view] of views) {
          const result = results.get(`new:${key}`); // the gradient has none
          if (result !== undefined) view.data.set(result.data as ArrayLike<number>);
        }
      }
    },
    async close() {
      for (const program of programs.values()) await program.close();
    },
  };
}
