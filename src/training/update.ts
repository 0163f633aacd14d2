import type { Tensor } from "../base/index.js";
import type { FlatLoops, Program, Runtime, Value } from "../engine/index.js";
import { Arena, type ArenaLayout } from "./arena.js";
import { loopKernel, programKernel } from "./flat-kernel.js";
import { overActiveRows, overArenas, overKeptStates } from "./flat-update.js";
import { type KeptState, keptState } from "./kept-states/index.js";
import { parameterByParameter } from "./shaped-update.js";
import { SparseRows } from "./sparse-rows.js";
import { normOf, type UpdateRun } from "./update-arrays.js";
import { idleUpdateGraph, type StatePlan, type UpdatePlan } from "./update-plan.js";

/** The arrays of parameters in training, and the update that writes over them in place. */
export interface Update {
  readonly parameters: Arena;
  readonly gradients: Arena;
  /** The optimizer's own arrays: `firstMoment/layers.0...`, and of eight bits `firstMoment.scales/layers.0...`. */
  readonly stateArrays: ReadonlyMap<string, Tensor>;
  /** The gradient of this step has these rows of a table, and no others but those that were noted too. */
  noteRows(table: string, ids: ArrayLike<bigint>): void;
  /** The states were written to from outside. */
  reviewStates(): void;
  /** The norm of the whole gradient. */
  gradientNorm(): number;
  readonly run: UpdateRun;
  close(): Promise<void>;
}

/** How many numbers an update takes at a time: few enough that all its arrays stay in the cache. */
const pieceSize = 1 << 17;
/** The same where each piece is read out of fewer bits and written back. */
const keptPieceSize = 1 << 14;

/**
 * Allocate the arrays and make the update ready. An update over flat arrays runs as one fused loop where the runtime
 * has such, else by its graph, piece by piece; one that needs whole parameters runs once for each of them. The gradient of
 * `tables` comes row by row alone, and which rows it has is noted before norm and update.
 */
export async function openUpdate(
  runtime: Runtime,
  layout: ArenaLayout,
  plan: UpdatePlan,
  tables: ReadonlySet<string> = new Set(),
): Promise<Update> {
  const flat = plan.graphs.get("flat");
  return flat === undefined
    ? openShapedUpdate(runtime, layout, plan)
    : openFlatUpdate(runtime, layout, plan, flat, tables);
}

async function openFlatUpdate(
  runtime: Runtime,
  layout: ArenaLayout,
  { states, idleFactor }: UpdatePlan,
  graph: ReadonlyMap<string, Value>,
  tables: ReadonlySet<string>,
): Promise<Update> {
  const isKept = [...states.values()].some(({ formats }) => formats.some((format) => format !== "fp32"));
  const arenaSize = layout.sizes.reduce((total, size) => total + size, 0);
  const stateSize = isKept ? keptPieceSize : arenaSize;
  const loops = runtime.flatLoops?.(
    Float32Array.BYTES_PER_ELEMENT * (2 * arenaSize + states.size * stateSize),
  );
  const allocate = loops === undefined ? undefined : (length: number): Float32Array => loops.allocate(length);
  const [parameters, gradients] = [new Arena(layout, allocate), new Arena(layout, allocate)];
  const program = loops === undefined ? await runtime.compile(graph) : undefined;
  const loop = loops && loopKernel(loops, graph);
  const kernel = loop ?? programKernel(program!);
  const shared = {
    ...{ parameters, gradients, noteRows() {}, reviewStates() {} },
    gradientNorm: () => (loops === undefined ? normOf(gradients) : loopNorm(loops, gradients)),
    async close() {
      await program?.close();
      await loops?.close();
    },
  };
  if (isKept) {
    const kept = keptStates(states);
    const scratch = new Map(
      [...states.keys()].map((name) => [name, (allocate ?? zeros)(keptPieceSize)] as const),
    );
    const run = overKeptStates(layout, { parameters, gradients, states: kept }, scratch, kernel);
    return { ...shared, stateArrays: arraysOfKept(layout, kept), run };
  }
  const arenas = new Map([...states.keys()].map((name) => [name, new Arena(layout, allocate)]));
  const all = new Map([
    ...[["parameter", parameters] as const, ["gradient", gradients] as const],
    ...[...arenas].map(([name, arena]) => [`state:${name}`, arena] as const),
  ]);
  const stateArrays = arraysOfArenas(arenas);
  if (loops === undefined || loop === undefined || idleFactor === undefined || tables.size === 0) {
    const run = overArenas(layout, all, kernel, loops === undefined ? pieceSize : Infinity);
    return { ...shared, stateArrays, run };
  }
  const rows = new SparseRows(layout, tables, [...arenas.values()]);
  const kernels = { whole: loop, idle: loopKernel(loops, idleUpdateGraph(idleFactor)), idleFactor };
  return {
    ...{ ...shared, stateArrays },
    noteRows: (table, ids) => rows.note(table, ids),
    reviewStates: () => rows.review(),
    gradientNorm: () => rowsNorm(loops, gradients, rows),
    run: overActiveRows(layout, all, kernels, rows),
  };
}

async function openShapedUpdate(
  runtime: Runtime,
  layout: ArenaLayout,
  { states, graphs }: UpdatePlan,
): Promise<Update> {
  const [parameters, gradients] = [new Arena(layout), new Arena(layout)];
  const kept = keptStates(states);
  const programs = new Map<string, Program>();
  for (const [axisCount, graph] of graphs) programs.set(axisCount, await runtime.compile(graph));
  return {
    ...{ parameters, gradients },
    stateArrays: arraysOfKept(layout, kept),
    noteRows() {},
    reviewStates() {},
    gradientNorm: () => normOf(gradients),
    run: parameterByParameter(layout, states, programs, { parameters, gradients, states: kept }),
    async close() {
      for (const program of programs.values()) await program.close();
    },
  };
}

function zeros(length: number): Float32Array {
  return new Float32Array(length);
}

function loopNorm(loops: FlatLoops, { groups }: Arena): number {
  return Math.sqrt(groups.reduce((sum, array) => sum + loops.sumOfSquares(array), 0));
}

function rowsNorm(loops: FlatLoops, { groups }: Arena, rows: SparseRows): number {
  let squares = 0;
  for (const [group, array] of groups.entries())
    for (const { start, end } of rows.gradientRanges(group))
      squares += loops.sumOfSquares(array.subarray(start, end));
  return Math.sqrt(squares);
}

function keptStates(plans: ReadonlyMap<string, StatePlan>): Map<string, KeptState[]> {
  return new Map(
    [...plans].map(([name, { shapes, formats, signed }]) => [
      name,
      shapes.map((shape, i) => keptState(formats[i]!, shape, signed)),
    ]),
  );
}

function arraysOfKept(
  { slots }: ArenaLayout,
  states: ReadonlyMap<string, readonly KeptState[]>,
): Map<string, Tensor> {
  return new Map(
    [...states].flatMap(([state, kept]) =>
      kept.flatMap(({ arrays }, i) =>
        [...arrays].map(([suffix, array]) => [`${state}${suffix}/${slots[i]!.name}`, array] as const),
      ),
    ),
  );
}

function arraysOfArenas(arenas: ReadonlyMap<string, Arena>): Map<string, Tensor> {
  return new Map(
    [...arenas].flatMap(([state, { views }]) =>
      [...views].map(([name, tensor]) => [`${state}/${name}`, tensor] as const),
    ),
  );
}
