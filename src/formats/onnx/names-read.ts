import type { OnnxNode } from "./onnx-model.js";

/** What a node reads, also in graphs that are part of it. */
export function namesRead({ inputs, attributes }: OnnxNode): string[] {
  const within = Object.values(attributes).flatMap((attribute) =>
    attribute.kind === "graph"
      ? [...attribute.value.nodes.flatMap(namesRead), ...attribute.value.outputs.map(({ name }) => name)]
      : [],
  );
  return [...inputs, ...within];
}
