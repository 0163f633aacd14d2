import type { Runtime } from "../engine/index.js";
import { Arena, type ArenaLayout, layOut } from "./arena.js";
import { inLoops, inPieces } from "./flat-update.js";
import { parameterByParameter } from "./shaped-update.js";
import type { UpdateArrays, UpdateRun } from "./update-arrays.js";
import type { UpdatePlan } from "./update-plan.js";

/** The arrays of parameters in training, and the update that writes over them in place. */
export interface Update extends UpdateRun {
  readonly parameters: Arena;
  readonly gradients: Arena;
  readonly state: ReadonlyMap<string, Arena>;
}

/**
 * Allocate the arrays and make the update ready. An update over flat arrays runs as one fused loop where the runtime
 * has such, else by its graph, piece by piece; one that needs whole parameters runs once for each of them.
 */
export async function openUpdate(runtime: Runtime, layout: ArenaLayout, plan: UpdatePlan): Promise<Update> {
  const arrayCount = 2 + plan.states.size;
  const arenaSize = layout.sizes.reduce((total, size) => total + size, 0) * 4; // bytes
  const flat = plan.graphs.get("flat");
  const loops = flat === undefined ? undefined : runtime.flatLoops?.(arrayCount * arenaSize);
  const allocate = loops === undefined ? undefined : (length: number): Float32Array => loops.allocate(length);
  const parameters = new Arena(layout, allocate);
  const gradients = new Arena(layout, allocate);
  const state = new Map(
    [...plan.states].map(([name, shapes]) => [name, new Arena(withShapes(layout, shapes), allocate)]),
  );
  const arrays: UpdateArrays = new Map([
    ["parameter", parameters],
    ["gradient", gradients],
    ...[...state].map(([name, arena]) => [`state:${name}`, arena] as const),
  ]);
  const run =
    flat === undefined
      ? await parameterByParameter(runtime, layout, plan.graphs, arrays)
      : loops === undefined
        ? await inPieces(runtime, layout, flat, arrays)
        : inLoops(loops, layout, flat, arrays);
  return { parameters, gradients, state, ...run };
}

/** The same groups with arrays of other shapes. */
function withShapes(layout: ArenaLayout, shapes: readonly (readonly number[])[]): ArenaLayout {
  if (layout.slots.every(({ shape }, i) => shape.join() === shapes[i]!.join())) return layout;
  const slots = layout.slots.map((slot, i) => ({ ...slot, shape: shapes[i]! }));
  return layOut(slots, layout.sizes.length);
}
