import type { Application, Source, Value } from "../graph/graph.js";
import { applyOp } from "../graph/op.js";
import { inOrder } from "../graph/walk.js";

/**
 * The same graph with some of its ops replaced. `rule` sees each op with inputs that are rebuilt already, and answers
 * the values that stand in for its outputs, or undefined to leave it. What stays the same keeps its identity.
 */
export function replaceOps(
  outputs: ReadonlyMap<string, Value>,
  rule: (op: Application) => readonly Value[] | undefined,
): Map<string, Value> {
  const made = new Map<Source, readonly Value[]>();
  const rebuilt = (value: Value): Value => made.get(value.source)?.[value.output] ?? value;
  for (const source of inOrder([...outputs.values()])) {
    if (source.kind !== "op") continue;
    const inputs = source.inputs.map(rebuilt);
    const isSame = inputs.every((input, i) => input === source.inputs[i]);
    const op = isSame ? source : applyOp(source.op, inputs, source.attributes);
    const replacement = rule(op);
    if (replacement !== undefined || !isSame) made.set(source, replacement ?? op.outputs);
  }
  return new Map([...outputs].map(([name, value]) => [name, rebuilt(value)]));
}

/** The same graph over other parameters: `rule` answers what stands in for each, of the same shape. */
export function replaceParameters(
  outputs: ReadonlyMap<string, Value>,
  rule: (parameter: Value) => Value,
): Map<string, Value> {
  const parameters = new Map<string, Value>();
  return rebuild(outputs, (value) => {
    const { source } = value;
    if (source.kind !== "parameter") return undefined;
    const parameter = parameters.get(source.name) ?? rule(value);
    parameters.set(source.name, parameter);
    return parameter;
  });
}

/** The same graph with other values in the place of some. */
export function replaceValues(
  outputs: ReadonlyMap<string, Value>,
  standIns: ReadonlyMap<Value, Value>,
): Map<string, Value> {
  return rebuild(outputs, (value) => standIns.get(value));
}

/** The graph anew where it reads a value that something stands in for; the rest keeps its identity. */
function rebuild(
  outputs: ReadonlyMap<string, Value>,
  standIn: (value: Value) => Value | undefined,
): Map<string, Value> {
  const made = new Map<Source, readonly Value[]>();
  const rebuilt = (value: Value): Value => standIn(value) ?? made.get(value.source)?.[value.output] ?? value;
  for (const source of inOrder([...outputs.values()])) {
    if (source.kind !== "op") continue;
    const inputs = source.inputs.map(rebuilt);
    if (inputs.some((input, i) => input !== source.inputs[i]))
      made.set(source, applyOp(source.op, inputs, source.attributes).outputs);
  }
  return new Map([...outputs].map(([name, value]) => [name, rebuilt(value)]));
}
