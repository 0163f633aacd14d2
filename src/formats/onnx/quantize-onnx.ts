// Quantisation of an ONNX model: matrices become 8-bit integers with a scale for each column, and so does what is multiplied
// with them, as it comes (dynamic) or within a range that was measured before (static)
// (onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
import { float32, internal, type Tensor } from "../../base/index.js";
import { namesRead } from "./names-read.js";
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode } from "./onnx-model.js";
import { scaleOfRange, type ValueRange } from "./value-range.js";

/** A quantised model, and how many of its matrices and tables are. */
export interface QuantizedOnnx {
  readonly model: OnnxModel;
  readonly matrixCount: number;
  readonly tableCount: number;
}

/**
 * Quantise the matrices that rows are multiplied with, a scale a column, and the tables that rows are looked up in, a
 * scale a row; in the bodies of loops too. All else stays in float32. A weight that is used otherwise too stays beside
 * its quantised form. Rows whose name is in `ranges` are quantised within that range, all others within their own, anew
 * in every run.
 */
export function quantizeOnnx(
  model: OnnxModel,
  ranges: ReadonlyMap<string, ValueRange> = new Map(),
): QuantizedOnnx {
  const writer = new Quantizer(model.graph.initializers, ranges);
  const nodes = writer.rewrite(model.graph.nodes, new Set());
  const used = new Set(nodes.flatMap(namesRead));
  const initializers = new Map([...writer.initializers].filter(([name]) => used.has(name)));
  return {
    model: { ...model, graph: { ...model.graph, nodes, initializers } },
    matrixCount: writer.matrices.size,
    tableCount: writer.tables.size,
  };
}

/** The names of the rows that `quantizeOnnx` multiplies with quantised matrices, but for those in bodies of loops. */
export function multipliedRows({ graph: { nodes, initializers } }: OnnxModel): string[] {
  return [
    ...new Set(nodes.filter((node) => isQuantizable(node, initializers)).map((node) => node.inputs[0]!)),
  ];
}

class Quantizer {
  readonly initializers: Map<string, Tensor>;
  readonly matrices = new Set<string>();
  readonly tables = new Set<string>();
  readonly #ranges: ReadonlyMap<string, ValueRange>;

  constructor(initializers: OnnxGraph["initializers"], ranges: ReadonlyMap<string, ValueRange>) {
    this.initializers = new Map(initializers);
    this.#ranges = ranges;
  }

  /** The nodes of a graph, or of a loop's body; `rows` are those that were quantised before or around it. */
  rewrite(nodes: readonly OnnxNode[], rows: Set<string>): OnnxNode[] {
    return nodes.flatMap((node) => {
      if (isQuantizable(node, this.initializers)) return this.#multiply(node, rows);
      const table = this.initializers.get(node.inputs[0] ?? "");
      if (node.type === "Gather" && isMatrix(table) && attribute(node, "axis", 0) === 0)
        return this.#lookUp(node, table);
      return [{ ...node, attributes: this.#rewriteBodies(node.attributes, rows) }];
    });
  }

  #rewriteBodies(attributes: OnnxNode["attributes"], rows: ReadonlySet<string>): OnnxNode["attributes"] {
    const rewritten = (one: OnnxAttribute): OnnxAttribute =>
      one.kind === "graph"
        ? { kind: "graph", value: { ...one.value, nodes: this.rewrite(one.value.nodes, new Set(rows)) } }
        : one;
    return Object.fromEntries(Object.entries(attributes).map(([name, one]) => [name, rewritten(one)]));
  }

  #multiply(node: OnnxNode, rows: Set<string>): OnnxNode[] {
    const [x, w, bias] = node.inputs as [string, string, string | undefined];
    const [output] = node.outputs as [string];
    const isTransposed = attribute(node, "transB", 0) === 1;
    const factor = attribute(node, "alpha", 1);
    const matrix = this.#once(this.matrices, `${w}:columns${factor === 1 ? "" : `*${factor}`}`, () =>
      quantizeColumns(this.initializers.get(w) as Tensor<"float32">, isTransposed, factor),
    );
    const range = this.#ranges.get(x);
    return [
      ...this.#quantizeOnce(x, rows), // queries, keys and values read the same rows
      ...(range === undefined
        ? integerProduct(rowNames(x), matrix, bias, output)
        : dequantizedProduct(rowNames(x), matrix, this.#quantizeBias(bias, range, matrix, output), output)),
    ];
  }

  /** A bias as integers of the product's steps; undefined where there is none. */
  #quantizeBias(
    bias: string | undefined,
    range: ValueRange,
    { scales }: MatrixNames,
    output: string,
  ): MatrixNames | undefined {
    if (bias === undefined) return undefined;
    const known = this.initializers.get(bias);
    if (known?.dtype !== "float32") throw internal(`the bias ${bias} is computed, not known`);
    const { scale } = scaleOfRange(range);
    const steps = (this.initializers.get(scales) as Tensor<"float32">).data.map((step) => step * scale);
    const names = {
      values: `${output}:bias`,
      scales: `${output}:bias-scales`,
      zeros: `${output}:bias-zeros`,
    };
    const values = Int32Array.from(steps, (step, i) => Math.round(Number(known.data[i]!) / step));
    this.initializers.set(names.values, { dtype: "int32", shape: known.shape, data: values });
    this.initializers.set(names.scales, float32([steps.length], steps));
    this.initializers.set(names.zeros, { dtype: "int32", shape: known.shape, data: values.map(() => 0) });
    return names;
  }

  #quantizeOnce(x: string, rows: Set<string>): OnnxNode[] {
    if (rows.has(x)) return [];
    rows.add(x);
    const { values, scale, zero } = rowNames(x);
    const range = this.#ranges.get(x);
    if (range === undefined) return [plainNode("DynamicQuantizeLinear", [x], [values, scale, zero])];
    const fixed = scaleOfRange(range);
    this.initializers.set(scale, float32([], [fixed.scale]));
    this.initializers.set(zero, { dtype: "uint8", shape: [], data: Uint8Array.of(fixed.zero) });
    return [plainNode("QuantizeLinear", [x, scale, zero], [values])];
  }

  #lookUp(node: OnnxNode, table: Tensor<"float32">): OnnxNode[] {
    const [name, ids] = node.inputs as [string, string];
    const [output] = node.outputs as [string];
    const { values, scales } = this.#once(this.tables, `${name}:rows`, () => quantizeRows(table));
    const axis = { axis: { kind: "int", value: 0 } } as const;
    const parts = ["int8", "float", "scales"].map((part) => `${output}:${part}`) as [string, string, string];
    return [
      plainNode("Gather", [values, ids], [parts[0]], axis),
      plainNode("Cast", [parts[0]], [parts[1]], { to: { kind: "int", value: 1 } }),
      plainNode("Gather", [scales, ids], [parts[2]], axis), // [..., 1]
      plainNode("Mul", [parts[1], parts[2]], [output]),
    ];
  }

  /** A quantised form of a weight, made where it is not there yet. */
  #once(done: Set<string>, name: string, quantize: () => Quantized): MatrixNames {
    const names = { values: name, scales: `${name}-scales`, zeros: `${name}-zeros` };
    if (done.has(name)) return names;
    done.add(name);
    const { values, scales } = quantize();
    this.initializers.set(names.values, values);
    this.initializers.set(names.scales, scales);
    const zeros = new Int8Array(scales.data.length);
    this.initializers.set(names.zeros, { dtype: "int8", shape: scales.shape, data: zeros });
    return names;
  }
}

interface RowNames {
  readonly values: string;
  readonly scale: string;
  readonly zero: string;
}

function rowNames(x: string): RowNames {
  return { values: `${x}:uint8`, scale: `${x}:scale`, zero: `${x}:zero` };
}

/** The product of integers, scaled: what is fastest where the scale of the rows is known only when they come. */
function integerProduct(
  { values, scale, zero }: RowNames,
  matrix: MatrixNames,
  bias: string | undefined,
  output: string,
): OnnxNode[] {
  const parts = ["int32", "float", "scales", "product"].map((part) => `${output}:${part}`);
  const [whole, float, both, product] = parts as [string, string, string, string];
  return [
    plainNode("MatMulInteger", [values, matrix.values, zero], [whole]),
    plainNode("Cast", [whole], [float], { to: { kind: "int", value: 1 } }),
    plainNode("Mul", [scale, matrix.scales], [both]),
    plainNode("Mul", [float, both], [bias === undefined ? output : product]),
    ...(bias === undefined ? [] : [plainNode("Add", [product, bias], [output])]),
  ];
}

/** The product of what integers stand for: runtimes that know the scales make one of integers of it themselves. */
function dequantizedProduct(
  { values, scale, zero }: RowNames,
  matrix: MatrixNames,
  bias: MatrixNames | undefined,
  output: string,
): OnnxNode[] {
  const factors = [`${output}:rows`, `${output}:matrix`, `${output}:sum`] as const;
  const along = (axis: number): OnnxNode["attributes"] => ({ axis: { kind: "int", value: axis } });
  return [
    plainNode("DequantizeLinear", [values, scale, zero], [factors[0]]),
    plainNode("DequantizeLinear", [matrix.values, matrix.scales, matrix.zeros], [factors[1]], along(1)),
    ...(bias === undefined
      ? []
      : [plainNode("DequantizeLinear", [bias.values, bias.scales, bias.zeros], [factors[2]], along(0))]),
    plainNode("Gemm", bias === undefined ? factors.slice(0, 2) : factors, [output]),
  ];
}

/** Whether a node is `x W + b`, or `x W` times a factor, with a matrix that is known, without transposing x. */
function isQuantizable(node: OnnxNode, initializers: OnnxGraph["initializers"]): boolean {
  const isSum = attribute(node, "alpha", 1) === 1 && attribute(node, "beta", 1) === 1;
  return (
    node.type === "Gemm" &&
    isMatrix(initializers.get(node.inputs[1] ?? "")) &&
    attribute(node, "transA", 0) === 0 &&
    (isSum || node.inputs[2] === undefined)
  );
}

/** Of a matrix or a table. */
interface MatrixNames {
  readonly values: string;
  readonly scales: string;
  readonly zeros: string;
}

interface Quantized {
  readonly values: Tensor<"int8">;
  readonly scales: Tensor<"float32">;
}

/**
 * A matrix, times a factor, as `[in, out]` with a scale for each column: `w = value * scale`, values from -127 to 127.
 */
export function quantizeColumns(
  { shape, data }: Tensor<"float32">,
  isTransposed: boolean,
  factor = 1,
): Quantized {
  const [inSize, outSize] = (isTransposed ? [shape[1], shape[0]] : shape) as [number, number];
  const read = isTransposed ? { group: inSize, element: 1 } : { group: 1, element: outSize };
  const values = new Int8Array(data.length);
  const scales = new Float32Array(outSize);
  quantizeGroups(data, inSize, read, { values, scales, group: 1, element: outSize });
  return {
    values: { dtype: "int8", shape: [inSize, outSize], data: values },
    scales: float32(
      [outSize],
      scales.map((scale) => scale * factor),
    ),
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
