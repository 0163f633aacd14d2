import { internal } from "../../base/errors.js";
import type { Tensor } from "../../base/tensor.js";
import type { Body, Input, OpDefinition, Parameter, Source, Value, ValueType } from "./graph.js";
import { applyOp } from "./op.js";
import { inOrder } from "./walk.js";

/** A graph as plain data, without functions: what one thread sends to another. Sources stand before their users. */
export interface PlainGraph {
  readonly sources: readonly PlainSource[];
  readonly outputs: readonly (readonly [name: string, source: number, output: number])[];
}

type PlainSource =
  | ((Input | Parameter) & { readonly type: ValueType })
  | { readonly kind: "constant"; readonly tensor: Tensor; readonly type: ValueType }
  | {
      readonly kind: "op";
      readonly name: string;
      readonly attributes: unknown;
      readonly inputs: readonly (readonly [source: number, output: number])[];
    };

/** The part of the graph that `outputs` depend on, as plain data. */
export function toPlainGraph(outputs: ReadonlyMap<string, Value>): PlainGraph {
  const roots = [...outputs.values()];
  const numbers = new Map<Source, number>();
  const types = leafTypes(roots);
  const sources = inOrder(roots).map((source, i): PlainSource => {
    numbers.set(source, i);
    if (source.kind !== "op") return { ...source, type: types.get(source)! };
    const inputs = source.inputs.map((value) => [numbers.get(value.source)!, value.output] as const);
    return { kind: "op", name: source.op.name, attributes: plainAttributes(source.attributes), inputs };
  });
  return {
    sources,
    outputs: [...outputs].map(([name, value]) => [name, numbers.get(value.source)!, value.output]),
  };
}

/** The graph that plain data describe; `ops` gives each op by its name. */
export function fromPlainGraph(
  plain: PlainGraph,
  // biome-ignore lint/suspicious/noExplicitAny: ops of all attributes meet in one graph
  ops: ReadonlyMap<string, OpDefinition<any>>,
): Map<string, Value> {
  const made: (readonly Value[])[] = [];
  for (const source of plain.sources)
    made.push(source.kind === "op" ? apply(source, made, ops) : leaf(source));
  return new Map(plain.outputs.map(([name, source, output]) => [name, made[source]![output]!]));
}

function leaf(plain: Exclude<PlainSource, { kind: "op" }>): readonly Value[] {
  const { type, ...source } = plain;
  return [{ source, output: 0, dtype: type.dtype, shape: type.shape }];
}

function apply(
  { name, attributes, inputs }: Extract<PlainSource, { kind: "op" }>,
  made: readonly (readonly Value[])[],
  // biome-ignore lint/suspicious/noExplicitAny: ops of all attributes meet in one graph
  ops: ReadonlyMap<string, OpDefinition<any>>,
): readonly Value[] {
  const op = ops.get(name);
  if (op === undefined) throw internal(`a graph uses the op ${name}, which is not there`);
  const values = inputs.map(([source, output]) => made[source]![output]!);
  return applyOp(op, values, builtAttributes(attributes, ops)).outputs;
}

/** A body among the attributes, as plain data: its inputs and values are the outputs of one graph. */
interface PlainBody {
  readonly graph: PlainGraph;
  readonly inputCount: number;
}

function plainAttributes(attributes: unknown): unknown {
  if (!hasBody<Body>(attributes)) return attributes;
  const { inputs, values } = attributes.body;
  const graph = toPlainGraph(new Map([...inputs, ...values].map((value, i) => [`${i}`, value])));
  return { ...attributes, body: { graph, inputCount: inputs.length } satisfies PlainBody };
}

function builtAttributes(
  attributes: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: ops of all attributes meet in one graph
  ops: ReadonlyMap<string, OpDefinition<any>>,
): unknown {
  if (!hasBody<PlainBody>(attributes)) return attributes;
  const { graph, inputCount } = attributes.body;
  const built = [...fromPlainGraph(graph, ops).values()];
  return { ...attributes, body: { inputs: built.slice(0, inputCount), values: built.slice(inputCount) } };
}

function hasBody<Kind>(attributes: unknown): attributes is { readonly body: Kind } {
  return typeof attributes === "object" && attributes !== null && "body" in attributes;
}

function leafTypes(roots: readonly Value[]): Map<Source, ValueType> {
  const types = new Map<Source, ValueType>();
  const note = ({ source, dtype, shape }: Value): void => {
    types.set(source, { dtype, shape });
  };
  roots.forEach(note);
  for (const source of inOrder(roots)) if (source.kind === "op") source.inputs.forEach(note);
  return types;
}
