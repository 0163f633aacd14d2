import type { Tensor } from "../base/index.js";
import type { Arena } from "./arena.js";

/** The arrays that an update works on, by the name of the graph's input: `parameter`, `gradient`, `state:...`. */
export type UpdateArrays = ReadonlyMap<string, Arena>;

/** Scalars of an update for each group of parameters. */
export type GroupScalars = readonly Readonly<Record<string, number>>[];

/** How an update is run over its arrays. */
export interface UpdateRun {
  /** The norm of the whole gradient. */
  gradientNorm(): number;
  /** Move the parameters by one step; the gradient counts `clip` times. */
  run(scalars: GroupScalars, clip: number): Promise<void>;
  close(): Promise<void>;
}

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
