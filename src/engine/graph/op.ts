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

export function isOp(item: unknown): item is AnyOp {
  return typeof item === "function" && "definition" in item;
}

/** Make an op from its definition: a function from inputs and attributes to outputs. */
export function defineOp<Attributes>(definition: OpDefinition<Attributes>): Op<Attributes> {
  const apply = (inputs: readonly Value[], attributes: Attributes): readonly [Value, ...Value[]] => {
    const outputs: Value[] = [];
    const source: Application = { kind: "op", op: definition, attributes, inputs, outputs };
    definition.infer(inputs, attributes).forEach((type, output) => {
      outputs.push({ source, output, dtype: type.dtype, shape: type.shape });
    });
    const [first, ...rest] = outputs;
    if (first === undefined) throw internal(`${definition.name} has no output`);
    return [first, ...rest];
  };
  return Object.assign(apply, { definition });
}
