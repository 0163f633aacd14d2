import { sizeOf } from "../base/index.js";
import { input, multiply, type Shape, type Value } from "../engine/index.js";
import type { ParameterSlot } from "./arena.js";
import { formatOf, type StateFormat, stateBytes } from "./kept-states/index.js";
import type { Optimizer } from "./optimizers/index.js";

/**
 * The update of an optimizer as graphs, and the arrays that it keeps. Inputs of a graph: `parameter`, `gradient`,
 * `state:<name>`, and scalars `scalar:<name>`, among them `clip`, which scales the gradient. Outputs: `new:parameter`
 * and `new:state:<name>`, made to be written over the inputs.
 */
export interface UpdatePlan {
  /** One graph over flat arrays `[size]`, under `flat`; or one for parameters with each number of axes, under `1`, `2`, ... */
  readonly graphs: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** By name. */
  readonly states: ReadonlyMap<string, StatePlan>;
  /** The scalar by which numbers without gradient and states are multiplied, where nothing else becomes of them. */
  readonly idleFactor?: string | undefined;
}

/** What is kept of one state. */
export interface StatePlan {
  /** For each of the trained parameters. */
  readonly shapes: readonly (readonly number[])[];
  readonly formats: readonly StateFormat[];
  /** Whether it can be below 0. */
  readonly signed: boolean;
}

export interface StateSettings {
  /** How states are kept. Default `fp32`. */
  readonly format?: StateFormat;
  /** Parameters whose rows are looked up. Default: none. */
  readonly tables?: ReadonlySet<string>;
}

/** Plan the update of trained parameters. */
export function updatePlan(
  optimizer: Optimizer,
  slots: readonly ParameterSlot[],
  { format = "fp32", tables = new Set() }: StateSettings = {},
): UpdatePlan {
  const { shapedState } = optimizer;
  const trained = slots.filter(({ group }) => group !== "frozen");
  const shapes = trained.map(({ shape }) => shape);
  const states = new Map(
    optimizer.stateNames.map((name): [string, StatePlan] => {
      const own = trained.map(({ shape }) => (shapedState?.(name, shape) ?? shape) as readonly number[]);
      const formats = trained.map((slot, i) => formatOf(format, own[i]!, tables.has(slot.name)));
      return [name, { shapes: own, formats, signed: !optimizer.nonNegativeStates.includes(name) }];
    }),
  );
  const { idleFactor } = optimizer;
  if (shapedState === undefined)
    return { graphs: new Map([["flat", flatUpdateGraph(optimizer)]]), states, idleFactor };
  const axisCounts = [...new Set(shapes.map((shape) => shape.length))];
  return { graphs: new Map(axisCounts.map((count) => [`${count}`, shapedGraph(optimizer, count)])), states };
}

/** What an optimizer's states take, in bytes. */
export function stateByteCount({ states }: UpdatePlan): number {
  return [...states.values()]
    .flatMap(({ shapes, formats }) => shapes.map((shape, i) => sizeOf(shape) * stateBytes[formats[i]!]))
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** The graph of an update over flat arrays `[size]`. */
export function flatUpdateGraph(optimizer: Optimizer): ReadonlyMap<string, Value> {
  return updateGraph(optimizer, ["size"]);
}

/** The update of numbers that have neither gradient nor states. */
export function idleUpdateGraph(idleFactor: string): ReadonlyMap<string, Value> {
  const factor = input(`scalar:${idleFactor}`, []);
  return new Map([["new:parameter", multiply(input("parameter", ["size"]), factor)]]);
}

function shapedGraph(optimizer: Optimizer, axisCount: number): ReadonlyMap<string, Value> {
  return updateGraph(
    optimizer,
    Array.from({ length: axisCount }, (_, axis) => `size${axis}`),
  );
}

function updateGraph(optimizer: Optimizer, shape: Shape): Map<string, Value> {
  const scalar = (name: string): Value => input(`scalar:${name}`, []);
  const { parameter, state } = optimizer.update({
    parameter: input("parameter", shape),
    gradient: multiply(input("gradient", shape), scalar("clip")),
    state: Object.fromEntries(
      optimizer.stateNames.map((name) => [
        name,
        input(`state:${name}`, optimizer.shapedState?.(name, shape) ?? shape),
      ]),
    ),
    scalar,
  });
  const states = Object.entries(state).map(([name, value]) => [`new:state:${name}`, value] as const);
  return new Map([["new:parameter", parameter], ...states]);
}
