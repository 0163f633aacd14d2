import { input, multiply, type Value } from "../engine/index.js";
import type { Optimizer } from "./optimizers/index.js";

/**
 * The graph of one optimizer update over flat arrays `[size]`. Inputs: `parameter`, `gradient`, `state:<name>`,
 * and scalars `scalar:<name>`, among them `clip`, which scales the gradient. Outputs: `new:parameter`
 * and `new:state:<name>`, made to be written over the inputs.
 */
export function updateGraph(optimizer: Optimizer): Map<string, Value> {
  const flat = (name: string): Value => input(name, ["size"]);
  const scalar = (name: string): Value => input(`scalar:${name}`, []);
  const { parameter, state } = optimizer.update({
    parameter: flat("parameter"),
    gradient: multiply(flat("gradient"), scalar("clip")),
    state: Object.fromEntries(optimizer.stateNames.map((name) => [name, flat(`state:${name}`)])),
    scalar,
  });
  const states = Object.entries(state).map(([name, value]) => [`new:state:${name}`, value] as const);
  return new Map([["new:parameter", parameter], ...states]);
}
