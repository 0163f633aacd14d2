import type { Tensor } from "../base/index.js";
import type { Arena } from "./arena.js";
import type { KeptState } from "./kept-states/index.js";

/** The arrays that an update works on. */
export interface UpdateArrays {
  readonly parameters: Arena;
  readonly gradients: Arena;
  /** By name, the states of the parameters, in the order of their slots. */
  readonly states: ReadonlyMap<string, readonly KeptState[]>;
}

/** Scalars of an update for each group of parameters. */
export type GroupScalars = readonly Readonly<Record<string, number>>[];

/** Move the parameters by one step; the gradient counts `clip` times, and `draw` decides where rounding is random. */
export type UpdateRun = (scalars: GroupScalars, clip: number, draw: number) => Promise<void>;

/** The Euclidean norm of all numbers of an arena. */
export function normOf(arena: Arena): number {
  let total = 0;
  for (const data of arena.groups) for (let i = 0; i < data.length; i++) total += data[i]! * data[i]!;
  return Math.sqrt(total);
}

/** Scalars as a graph is fed with them. */
export function scalarFeeds(scalars: Readonly<Record<string, number>>): (readonly [string, Tensor])[] {
  return Object.entries(scalars).map(([name, value]) => [
    `scalar:${name}`,
    { dtype: "float32", shape: [], data: Float32Array.of(value) },
  ]);
}
