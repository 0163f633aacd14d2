// GELU as ONNX Runtime's own node, one pass over memory instead of five. Its optimizer knows the five nodes only where
// they divide by the root of 2, and takes a bias along only from an addition, not from a Gemm.
import { namesRead, type OnnxGraph, type OnnxModel, type OnnxNode } from "../../formats/onnx/index.js";

/**
 * Fuse each `x / 2 (1 + erf(x / sqrt(2)))` whose parts nothing else reads, as a backward pass would: into `Gelu`, or, with
 * `bias`, into `BiasGelu` where x is a product with a bias for its columns.
 */
export function withFusedGelu(model: OnnxModel, { bias: takesBias }: { readonly bias: boolean }): OnnxModel {
  const graph = new ReadGraph(model.graph);
  const changed = new Map<OnnxNode, readonly OnnxNode[]>();
  for (const node of model.graph.nodes) {
    const gelu = node.type === "Erf" ? geluAround(node, graph) : undefined;
    if (gelu === undefined) continue;
    for (const part of gelu.parts) changed.set(part, []);
    const product = takesBias ? graph.makerOf(gelu.x) : undefined;
    const bias = product?.type === "Gemm" && graph.readCount(gelu.x) === 2 ? product.inputs[2] : undefined;
    if (product !== undefined && bias !== undefined && graph.isVector(bias)) {
      changed.set(product, [{ ...product, inputs: product.inputs.slice(0, 2) }]);
      changed.set(gelu.last, [fused("BiasGelu", [gelu.x, bias], gelu.last)]);
    } else changed.set(gelu.last, [fused("Gelu", [gelu.x], gelu.last)]);
  }
  const nodes = model.graph.nodes.flatMap((node) => changed.get(node) ?? [node]);
  return { ...model, graph: { ...model.graph, nodes } };
}

interface FoundGelu {
  readonly x: string;
  /** All nodes but the last. */
  readonly parts: readonly OnnxNode[];
  readonly last: OnnxNode;
}

/** The nodes `x * ((erf(x * sqrt(1/2)) + 1) * 1/2)` around an Erf. */
function geluAround(erf: OnnxNode, graph: ReadGraph): FoundGelu | undefined {
  const scaled = graph.makerOf(erf.inputs[0]!);
  const shifted = graph.onlyReader(erf);
  const halved = shifted && graph.onlyReader(shifted);
  const last = halved && graph.onlyReader(halved);
  if (scaled === undefined || graph.onlyReader(scaled) !== erf || last?.type !== "Mul") return undefined;
  const x = graph.besideConstant(scaled, "Mul", Math.SQRT1_2);
  if (x === undefined || !last.inputs.includes(x)) return undefined;
  if (graph.besideConstant(shifted!, "Add", 1) === undefined) return undefined;
  if (graph.besideConstant(halved!, "Mul", 0.5) === undefined) return undefined;
  return { x, parts: [scaled, erf, shifted!, halved!], last };
}

function fused(type: string, inputs: readonly string[], { name, outputs }: OnnxNode): OnnxNode {
  return { name, type, domain: "com.microsoft", inputs, outputs, attributes: {} };
}

/** A graph that can be asked who makes and who reads what. */
class ReadGraph {
  readonly #graph: OnnxGraph;
  readonly #makers = new Map<string, OnnxNode>();
  readonly #readers = new Map<string, OnnxNode[]>();
  readonly #outputs: ReadonlySet<string>;

  constructor(graph: OnnxGraph) {
    this.#graph = graph;
    this.#outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.#makers.set(name, node);
      for (const name of namesRead(node)) this.#readers.set(name, [...(this.#readers.get(name) ?? []), node]);
    }
  }

  makerOf(name: string): OnnxNode | undefined {
    return this.#makers.get(name);
  }

  /** How often something is read, as an output of the graph too. */
  readCount(name: string): number {
    return (this.#readers.get(name)?.length ?? 0) + Number(this.#outputs.has(name));
  }

  /** The node that reads what a node makes, where it is read once. */
  onlyReader({ outputs }: OnnxNode): OnnxNode | undefined {
    const name = outputs[0]!;
    return this.readCount(name) === 1 ? this.#readers.get(name)?.[0] : undefined;
  }

  /** The other input of a node of this type that has this number as one. */
  besideConstant(node: OnnxNode, type: string, value: number): string | undefined {
    if (node.type !== type) return undefined;
    const at = node.inputs.findIndex((name) => this.#numberOf(name) === Math.fround(value));
    return at < 0 ? undefined : node.inputs[1 - at];
  }

  /** Whether something that no node makes has one axis. */
  isVector(name: string): boolean {
    const { inputs, external = [], initializers } = this.#graph;
    const found = initializers.get(name) ?? [...inputs, ...external].find((value) => value.name === name);
    return found?.shape.length === 1;
  }

  #numberOf(name: string): number | undefined {
    const found = this.#graph.initializers.get(name);
    return found?.data.length === 1 ? Number(found.data[0]) : undefined;
  }
}
