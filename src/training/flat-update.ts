import type { Tensor } from "../base/index.js";
import type { FlatLoops, Runtime, Value } from "../engine/index.js";
import { Arena, type ArenaLayout } from "./arena.js";

/** Scalars of an update for each group of parameters. */
export type GroupScalars = readonly Readonly<Record<string, number>>[];

/** The arrays of parameters in training, and the update that writes over them in place. */
export interface FlatUpdate {
  readonly parameters: Arena;
  readonly gradients: Arena;
  readonly state: ReadonlyMap<string, Arena>;
  /** The norm of the whole gradient. */
  gradientNorm(): number;
  /** Move the parameters by one step; the gradient counts `clip` times. */
  run(scalars: GroupScalars, clip: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Allocate the arrays and make the update ready: as one fused loop where the runtime has such, else by running its
 * graph over pieces of the arrays.
 */
export async function flatUpdate(
  runtime: Runtime,
  layout: ArenaLayout,
  graph: ReadonlyMap<string, Value>,
  stateNames: readonly string[],
): Promise<FlatUpdate> {
  const arenaSize = layout.sizes.reduce((total, size) => total + size, 0) * 4; // bytes
  const loops = runtime.flatLoops?.((2 + stateNames.length) * arenaSize);
  const allocate = loops === undefined ? undefined : (length: number): Float32Array => loops.allocate(length);
  const arena = (): Arena => new Arena(layout, allocate);
  const parts = {
    parameters: arena(),
    gradients: arena(),
    state: new Map(stateNames.map((name) => [name, arena()])),
  };
  const arenas = new Map([
    ["parameter", parts.parameters],
    ["gradient", parts.gradients],
    ...[...parts.state].map(([name, each]) => [`state:${name}`, each] as const),
  ]);
  return loops === undefined
    ? {
        ...parts,
        ...(await inPieces(runtime, layout, graph, arenas)),
        gradientNorm: () => normOf(parts.gradients),
      }
    : { ...parts, ...inLoops(loops, layout, graph, arenas) };
}

type Update = Pick<FlatUpdate, "run" | "close">;

function inLoops(
  loops: FlatLoops,
  layout: ArenaLayout,
  graph: ReadonlyMap<string, Value>,
  arenas: ReadonlyMap<string, Arena>,
): Update & Pick<FlatUpdate, "gradientNorm"> {
  const loop = loops.compile(graph);
  const arraysOf = (group: number, prefix: string): Record<string, Float32Array> =>
    Object.fromEntries([...arenas].map(([name, arena]) => [prefix + name, arena.groups[group]!]));
  return {
    gradientNorm: () =>
      Math.sqrt(arenas.get("gradient")!.groups.reduce((sum, array) => sum + loops.sumOfSquares(array), 0)),
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

async function inPieces(
  runtime: Runtime,
  layout: ArenaLayout,
  graph: ReadonlyMap<string, Value>,
  arenas: ReadonlyMap<string, Arena>,
): Promise<Update> {
  const program = await runtime.compile(graph);
  return {
    async run(scalars, clip) {
      for (const [group, size] of layout.sizes.entries()) {
        const values = Object.entries({ ...scalars[group], clip });
        const fed = values.map(([name, value]) => [`scalar:${name}`, scalarTensor(value)] as const);
        for (let start = 0; start < size; start += pieceSize) {
          const pieces = [...arenas].map(([name, arena]): [string, Tensor] => {
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

function normOf(arena: Arena): number {
  let total = 0;
  for (const data of arena.groups) for (let i = 0; i < data.length; i++) total += data[i]! * data[i]!;
  return Math.sqrt(total);
}

function scalarTensor(value: number): Tensor {
  return { dtype: "float32", shape: [], data: Float32Array.of(value) };
}
