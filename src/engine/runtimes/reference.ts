import { allocate, type DType, type NumericArray } from "../../base/dtype.js";
import { internal } from "../../base/errors.js";
import { sizeOf, type Tensor, toNumbers } from "../../base/tensor.js";
import { dimensionValue } from "../graph/dimension.js";
import type { Array64, Body, Shape, Source, Value } from "../graph/graph.js";
import { inOrder, leaves } from "../graph/walk.js";
import { bindSymbols } from "./bindings.js";
import { copiesOf } from "./fixed-parameters.js";
import type { Program, Runtime } from "./runtime.js";

/** Runs graphs in float64, one op at a time, in plain TypeScript. Slow, and plainly right: the oracle of the tests. */
export function referenceRuntime(): Runtime {
  return {
    name: "reference",
    description: "reference (float64, plain TypeScript)",
    compile: async (outputs, fixed) => referenceProgram(outputs, fixed),
  };
}

function referenceProgram(
  outputs: ReadonlyMap<string, Value>,
  fixed: ReadonlyMap<string, Tensor> = new Map(),
): Program {
  const roots = [...outputs.values()];
  const order = inOrder(roots);
  const fed = [...leaves(roots, "input"), ...leaves(roots, "parameter")];
  const kept = copiesOf(fixed);
  return {
    async run(others, into) {
      const feeds = kept.size === 0 ? others : new Map([...others, ...kept]);
      const bindings = bindSymbols(fed, feeds);
      const given = new Map<Source, Array64>();
      for (const source of order)
        if (source.kind === "input" || source.kind === "parameter")
          given.set(source, numbersOf(feeds.get(source.name)!));
      const arrays = evaluate(order, given, (dimension) => dimensionValue(dimension, bindings));
      const results = new Map<string, Tensor>();
      for (const [name, value] of outputs) {
        const array = arrays.get(value.source)?.[value.output];
        if (array === undefined) throw internal(`output ${name} was not computed`);
        results.set(name, toTensor(array, value.dtype, into?.get(name)));
      }
      return results;
    },
    close: async () => {},
  };
}

/** Numbers of every source, in order, from those of inputs and parameters. Float64 feeds keep their precision. */
function evaluate(
  order: readonly Source[],
  given: ReadonlyMap<Source, Array64>,
  size: (dimension: number | string) => number,
): Map<Source, readonly Array64[]> {
  const arrays = new Map<Source, readonly Array64[]>();
  const arrayOf = (value: Value): Array64 => arrays.get(value.source)![value.output]!;
  const empty = ({ shape: symbolic }: { shape: Shape }): Array64 => {
    const shape = symbolic.map(size);
    return { shape, data: new Float64Array(sizeOf(shape)) };
  };
  const run = (body: Body, inputs: readonly Array64[]): readonly Array64[] => {
    const fed = new Map(body.inputs.map(({ source }, i) => [source, inputs[i]!]));
    const inner = evaluate(inOrder([...body.inputs, ...body.values]), fed, size);
    return body.values.map((value) => inner.get(value.source)![value.output]!);
  };
  for (const source of order) {
    if (source.kind === "op") {
      const { op, attributes } = source;
      const outputs = source.outputs.map(empty);
      op.evaluate({ inputs: source.inputs.map(arrayOf), outputs, attributes, size, run });
      arrays.set(source, outputs);
    } else if (source.kind === "constant") arrays.set(source, [numbersOf(source.tensor)]);
    else arrays.set(source, [given.get(source)!]);
  }
  return arrays;
}

function numbersOf({ dtype, shape, data }: Tensor): Array64 {
  return { shape, data: toNumbers(dtype, data) };
}

function toTensor({ shape, data }: Array64, dtype: DType, into: Tensor | undefined): Tensor {
  const target: NumericArray = into?.data ?? allocate(dtype === "float32" ? "float64" : dtype, data.length);
  if (target instanceof BigInt64Array)
    for (let i = 0; i < data.length; i++) target[i] = BigInt(data[i] as number);
  else target.set(data);
  return into ?? ({ dtype: dtype === "float32" ? "float64" : dtype, shape, data: target } as Tensor);
}
