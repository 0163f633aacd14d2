import { internal } from "../../base/errors.js";
import type { Application, OpDefinition, Value } from "./graph.js";

/** An op in use: a function from inputs and attributes to outputs. */
export type Op<Attributes> = ((
  inputs: readonly Value[],
  attributes: Attributes,
) => readonly [Value, ...Value[]]) & {
  readonly definition: OpDefinition<Attributes>;
};

/** An op whose attributes are not known here: what the registry, the walker and the sweeps see. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where ops of all attributes meet
export type AnyOp = Op<any>;

/** Whether something that a file of ops exports is an op. */
export function isOp(item: unknown): item is AnyOp {
  return typeof item === "function" && "definition" in item;
}

/** Make an op from its definition: a function from inputs and attributes to outputs. */
export function defineOp<Attributes>(definition: OpDefinition<Attributes>): Op<Attributes> {
  const apply = (inputs: readonly Value[], attributes: Attributes): readonly [Value, ...Value[]] => {
    const [first, ...rest] = applyOp(definition, inputs, attributes).outputs;
    if (first === undefined) throw internal(`${definition.name} has no output`);
    return [first, ...rest];
  };
  return Object.assign(apply, { definition });
}

/** An op at work on inputs; its outputs have the types that it infers. */
// biome-ignore lint/suspicious/noExplicitAny: ops of all attributes meet in one graph
export function applyOp(op: OpDefinition<any>, inputs: readonly Value[], attributes: unknown): Application {
  const outputs: Value[] = [];
  const source: Application = { kind: "op", op, attributes, inputs, outputs };
  op.infer(inputs, attributes).forEach(({ dtype, shape }, output) => {
    outputs.push({ source, output, dtype, shape });
  });
  return source;
}
