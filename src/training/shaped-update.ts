import { hash, sizeOf, type Tensor } from "../base/index.js";
import type { Program } from "../engine/index.js";
import type { ArenaLayout } from "./arena.js";
import { scalarFeeds, type UpdateArrays, type UpdateRun } from "./update-arrays.js";
import type { StatePlan } from "./update-plan.js";

/**
 * An update that looks at a parameter as a whole: a graph for each number of axes, run once for each parameter. What
 * comes out is copied over the arrays afterwards, since a graph that still reads norms must not be written over.
 */
export function parameterByParameter(
  { slots }: ArenaLayout,
  plans: ReadonlyMap<string, StatePlan>,
  programs: ReadonlyMap<string, Program>,
  { parameters, gradients, states }: UpdateArrays,
): UpdateRun {
  return async (scalars, clip, draw) => {
    for (const [i, { name, shape, group }] of slots.entries()) {
      const read = [...states].map(([state, kept]): [string, Tensor<"float32">] => {
        const stateShape = plans.get(state)!.shapes[i]!;
        const data = new Float32Array(sizeOf(stateShape));
        kept[i]!.read(0, data);
        return [`state:${state}`, { dtype: "float32", shape: stateShape, data }];
      });
      const feeds = new Map<string, Tensor>([
        ["parameter", parameters.view(name)],
        ["gradient", gradients.view(name)],
        ...read,
        ...scalarFeeds({ ...scalars[group], clip }),
      ]);
      const results = await programs.get(`${shape.length}`)!.run(feeds);
      const result = (key: string): Float32Array =>
        Float32Array.from(results.get(`new:${key}`)!.data, Number);
      parameters.view(name).data.set(result("parameter"));
      [...states].forEach(([state, kept], k) => {
        kept[i]!.write(0, result(`state:${state}`), hash(hash(draw, i), k));
      });
    }
  };
}
