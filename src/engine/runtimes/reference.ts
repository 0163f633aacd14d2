import { allocate, type DType, type NumericArray } from "../../base/dtype.js";
import { internal } from "../../base/errors.js";
import { sizeOf, type Tensor, toNumbers } from "../../base/tensor.js";
import { dimensionValue } from "../graph/dimension.js";
import type { Array64, Shape, Source, Value } from "../graph/graph.js";
import { inOrder, leaves } from "../graph/walk.js";
import { bindSymbols } from "./bindings.js";
import type { Program, Runtime } from "./runtime.js";

/** Runs graphs in float64, one op at a time, in plain TypeScript. Slow, and plainly right: the oracle of the tests. */
export function referenceRuntime(): Runtime {
  return {
    name: "reference",
    description: "reference (float64, plain TypeScript)",
    compile: async (outputs) => referenceProgram(outputs),
  };
}

function referenceProgram(outputs: ReadonlyMap<string, Value>): Program {
  const roots = [...outputs.values()];
  const order = inOrder(roots);
  const fed = [...leaves(roots, "input"), ...leaves(roots, "parameter")];
  return {
    async run(feeds, into) {
      const bindings = bindSymbols(fed, feeds);
      const size = (dimension: number | string): number => dimensionValue(dimension, bindings);
      const arrays = evaluate(order, feeds, (shape) => shape.map(size), size);
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

/** Numbers of every source, in order. Float64 feeds keep their precision. */
function evaluate(
  order: readonly Source[],
  feeds: ReadonlyMap<string, Tensor>,
  bind: (shape: Shape) => number[],
  size: (dimension: number | string) => number,
): Map<Source, readonly Array64[]> {
  const arrays = new Map<Source, readonly Array64[]>();
  const arrayOf = (value: Value): Array64 => arrays.get(value.source)![value.output]!;
  for (const source of order) {
    if (source.kind === "op") {
      const outputs = source.outputs.map((output) => {
        const shape = bind(output.shape);
        return { shape, data: new Float64Array(sizeOf(shape)) };
      });
      source.op.evaluate({
        inputs: source.inputs.map(arrayOf),
        outputs,
        attributes: source.attributes,
        size,
      });
      arrays.set(source, outputs);
    } else {
      const tensor = source.kind === "constant" ? source.tensor : feeds.get(source.name)!;
      arrays.set(source, [{ shape: tensor.shape, data: toNumbers(tensor.dtype, tensor.data) }]);
    }
  }
  return arrays;
}

function toTensor({ shape, data }: Array64, dtype: DType, into: Tensor | undefined): Tensor {
  const target: NumericArray = into?.data ?? allocate(dtype === "float32" ? "float64" : dtype, data.length);
  if (target instanceof BigInt64Array)
    for (let i = 0; i < data.length; i++) target[i] = BigInt(data[i] as number);
  else target.set(data);
  return into ?? ({ dtype: dtype === "float32" ? "float64" : dtype, shape, data: target } as Tensor);
}
