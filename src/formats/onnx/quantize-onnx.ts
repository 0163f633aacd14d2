// Dynamic quantisation of an ONNX model: matrices become 8-bit integers with a scale for each column, and what is
// multiplied with them is quantised as it comes (onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
import { float32, type Tensor } from "../../base/index.js";
import type { OnnxGraph, OnnxModel, OnnxNode } from "./onnx-model.js";

/** A quantised model, and how many of its matrices and tables are. */
export interface QuantizedOnnx {
  readonly model: OnnxModel;
  readonly matrixCount: number;
  readonly tableCount: number;
}

/**
 * Quantise the matrices that rows are multiplied with, a scale a column, and the tables that rows are looked up in, a
 * scale a row. All else stays in float32. A weight that is used otherwise too stays beside its quantised form.
 */
export function quantizeOnnx(model: OnnxModel): QuantizedOnnx {
  const writer = new Quantizer(model.graph);
  const nodes = model.graph.nodes.flatMap((node) => writer.rewrite(node));
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const initializers = new Map([...writer.initializers].filter(([name]) => used.has(name)));
  return {
    model: { ...model, graph: { ...model.graph, nodes, initializers } },
    matrixCount: writer.matrices.size,
    tableCount: writer.tables.size,
  };
}

class Quantizer {
  readonly initializers: Map<string, Tensor>;
  readonly matrices = new Set<string>();
  readonly tables = new Set<string>();
  /** Rows that were quantised already: queries, keys and values read the same. */
  readonly #rows = new Map<string, readonly [values: string, scale: string, zero: string]>();

  constructor({ initializers }: OnnxGraph) {
    this.initializers = new Map(initializers);
  }

  rewrite(node: OnnxNode): OnnxNode[] {
    const weight = this.initializers.get(node.inputs[1] ?? "");
    if (node.type === "Gemm" && isMatrix(weight) && isPlainGemm(node)) return this.#multiply(node, weight);
    const table = this.initializers.get(node.inputs[0] ?? "");
    if (node.type === "Gather" && isMatrix(table) && attribute(node, "axis", 0) === 0)
      return this.#lookUp(node, table);
    return [node];
  }

  #multiply(node: OnnxNode, weight: Tensor<"float32">): OnnxNode[] {
    const [x, w, bias] = node.inputs as [string, string, string | undefined];
    const [output] = node.outputs as [string];
    const isTransposed = attribute(node, "transB", 0) === 1;
    const { values, scales } = this.#once(this.matrices, w, () => quantizeColumns(weight, isTransposed));
    const nodes: OnnxNode[] = [];
    const rows = this.#rows.get(x) ?? ([`${x}:int8`, `${x}:scale`, `${x}:zero`] as const);
    if (!this.#rows.has(x)) nodes.push(plainNode("DynamicQuantizeLinear", [x], rows));
    this.#rows.set(x, rows);
    const [whole, float, scale, product] = ["int32", "float", "scale", "product"].map(
      (part) => `${output}:${part}`,
    );
    nodes.push(
      plainNode("MatMulInteger", [rows[0], values, rows[2]], [whole!]),
      plainNode("Cast", [whole!], [float!], { to: { kind: "int", value: 1 } }),
      plainNode("Mul", [rows[1], scales], [scale!]),
      plainNode("Mul", [float!, scale!], [bias === undefined ? output : product!]),
    );
    if (bias !== undefined) nodes.push(plainNode("Add", [product!, bias], [output]));
    return nodes;
  }

  #lookUp(node: OnnxNode, table: Tensor<"float32">): OnnxNode[] {
    const [name, ids] = node.inputs as [string, string];
    const [output] = node.outputs as [string];
    const { values, scales } = this.#once(this.tables, name, () => quantizeRows(table));
    const axis = { axis: { kind: "int", value: 0 } } as const;
    const parts = ["int8", "float", "scale"].map((part) => `${output}:${part}`) as [string, string, string];
    return [
      plainNode("Gather", [values, ids], [parts[0]], axis),
      plainNode("Cast", [parts[0]], [parts[1]], { to: { kind: "int", value: 1 } }),
      plainNode("Gather", [scales, ids], [parts[2]], axis), // [..., 1]
      plainNode("Mul", [parts[1], parts[2]], [output]),
    ];
  }

  /** The quantised form of a weight under names of its own. */
  #once(done: Set<string>, name: string, quantize: () => Quantized): { values: string; scales: string } {
    const names = { values: `${name}:int8`, scales: `${name}:scales` };
    if (done.has(name)) return names;
    done.add(name);
    const { values, scales } = quantize();
    this.initializers.set(names.values, values);
    this.initializers.set(names.scales, scales);
    return names;
  }
}

interface Quantized {
  readonly values: Tensor<"int8">;
  readonly scales: Tensor<"float32">;
}

/** A matrix as `[in, out]` with a scale for each column: `w = value * scale`, values from -127 to 127. */
export function quantizeColumns({ shape, data }: Tensor<"float32">, isTransposed: boolean): Quantized {
  const [inSize, outSize] = (isTransposed ? [shape[1], shape[0]] : shape) as [number, number];
  const read = isTransposed ? { group: inSize, element: 1 } : { group: 1, element: outSize };
  const values = new Int8Array(data.length);
  const scales = new Float32Array(outSize);
  quantizeGroups(data, inSize, read, { values, scales, group: 1, element: outSize });
  return {
    values: { dtype: "int8", shape: [inSize, outSize], data: values },
    scales: float32([outSize], scales),
  };
}

/** A table with a scale for each row. */
function quantizeRows({ shape, data }: Tensor<"float32">): Quantized {
  const [rowCount, size] = shape as [number, number];
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rowCount);
  quantizeGroups(data, size, { group: size, element: 1 }, { values, scales, group: size, element: 1 });
  return { values: { dtype: "int8", shape, data: values }, scales: float32([rowCount, 1], scales) };
}

/** How far apart groups, and the elements of a group, lie. */
interface Strides {
  readonly group: number;
  readonly element: number;
}

/** Divide each group of `size` numbers by a scale of its own, so that the largest becomes 127. */
function quantizeGroups(
  data: Float32Array,
  size: number,
  read: Strides,
  { values, scales, ...write }: Strides & { readonly values: Int8Array; readonly scales: Float32Array },
): void {
  for (let group = 0; group < scales.length; group++) {
    const at = (i: number): number => data[group * read.group + i * read.element]!;
    let largest = 0;
    for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(at(i)));
    const scale = largest / 127 || 1;
    scales[group] = scale;
    for (let i = 0; i < size; i++)
      values[group * write.group + i * write.element] = Math.round(at(i) / scale);
  }
}

function isMatrix(tensor: Tensor | undefined): tensor is Tensor<"float32"> {
  return tensor?.dtype === "float32" && tensor.shape.length === 2;
}

/** `x W + b` without scaling or transposing x. */
function isPlainGemm(node: OnnxNode): boolean {
  return (
    attribute(node, "transA", 0) === 0 &&
    attribute(node, "alpha", 1) === 1 &&
    attribute(node, "beta", 1) === 1
  );
}

function attribute(node: OnnxNode, name: string, fallback: number): number {
  const found = node.attributes[name];
  return found?.kind === "int" || found?.kind === "float" ? found.value : fallback;
}

function plainNode(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: OnnxNode["attributes"] = {},
): OnnxNode {
  return { name: `${type}:${outputs[0]}`, type, domain: "", inputs, outputs, attributes };
}
