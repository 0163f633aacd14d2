import { input, multiply, type Shape, type Value } from "../engine/index.js";
import type { ParameterSlot } from "./arena.js";
import type { Optimizer } from "./optimizers/index.js";

/**
 * The update of an optimizer as graphs, and the arrays that it keeps. Inputs of a graph: `parameter`, `gradient`,
 * `state:<name>`, and scalars `scalar:<name>`, among them `clip`, which scales the gradient. Outputs: `new:parameter`
 * and `new:state:<name>`, made to be written over the inputs.
 */
export interface UpdatePlan {
  /** One graph over flat arrays `[size]`, under `flat`; or one for parameters with each number of axes, under `1`, `2`, ... */
  readonly graphs: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** By the name of a state, its shape for each of the trained parameters. */
  readonly states: ReadonlyMap<string, readonly (readonly number[])[]>;
}

/** Plan the update of trained parameters. */
export function updatePlan(optimizer: Optimizer, slots: readonly ParameterSlot[]): UpdatePlan {
  const { shapedState } = optimizer;
  const shapes = slots.filter(({ group }) => group !== "frozen").map(({ shape }) => shape);
  const states = new Map(
    optimizer.stateNames.map((name) => [
      name,
      shapes.map((shape) => (shapedState?.(name, shape) ?? shape) as readonly number[]),
    ]),
  );
  if (shapedState === undefined) return { graphs: new Map([["flat", flatUpdateGraph(optimizer)]]), states };
  const axisCounts = [...new Set(shapes.map((shape) => shape.length))];
  return { graphs: new Map(axisCounts.map((count) => [`${count}`, shapedGraph(optimizer, count)])), states };
}

/** The graph of an update over flat arrays `[size]`. */
export function flatUpdateGraph(optimizer: Optimizer): ReadonlyMap<string, Value> {
  return updateGraph(optimizer, ["size"]);
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
