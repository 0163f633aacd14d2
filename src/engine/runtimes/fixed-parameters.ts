import type { Tensor } from "../../base/tensor.js";
import type { OnnxModel } from "../../formats/onnx/index.js";

// Parameters that keep the numbers they have when a graph is compiled.

/** Copies of them, for a runtime that has no better way to keep them. */
export function copiesOf(fixed: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  return new Map(
    [...fixed].map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data: data.slice() } as Tensor,
    ]),
  );
}

/** A model whose constants stand in it, not in files of their own. */
export function withNumbers(model: OnnxModel, numbers: ReadonlyMap<string, Tensor>): OnnxModel {
  const { external = [], initializers, ...graph } = model.graph;
  const own = external.map(({ name }) => [name, numbers.get(name)!] as const);
  return { ...model, graph: { ...graph, initializers: new Map([...initializers, ...own]) } };
}
