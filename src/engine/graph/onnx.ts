import { internal, OptionError, ShapeError } from "../../base/errors.js";
import { asFloat32, int64, type Tensor } from "../../base/tensor.js";
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from "../../formats/onnx/index.js";
import { type Dimension, dimensionTerms, withoutSymbol } from "./dimension.js";
import type { Emitter, Shape, Source, Value } from "./graph.js";
import { nameOf } from "./value.js";
import { inOrder, leaves, readOutputs } from "./walk.js";

/** What the runtime that will read the model can do. */
export interface OnnxTarget {
  /** Knows ONNX Runtime's own ops (domain com.microsoft). */
  readonly contributedOps: boolean;
  /** A graph within a node may read values of the graph around it, as ONNX allows. */
  readonly outerValues: boolean;
  /** Parameters that are constants of the model, with their numbers outside of it under their names. Default: none. */
  readonly fixed?: ReadonlySet<string>;
}

/** Opset 18 has all we need and every runtime of the last years reads it. */
const opset = 18;

/**
 * Write the part of the graph that `outputs` depend on as an ONNX model. Inputs and parameters become graph
 * inputs under their own names; `outputs` get the names they are given here.
 */
export function toOnnx(outputs: ReadonlyMap<string, Value>, target: OnnxTarget): OnnxModel {
  const roots = [...outputs.values()];
  const inputs = [...leaves(roots, "input"), ...leaves(roots, "parameter")];
  const taken = inputs.map(nameOf).find((name) => outputs.has(name));
  if (taken !== undefined)
    throw new OptionError(`output ${taken}: expected a name of its own, got that of an input or parameter`, {
      hint: `call it d${taken} or new:${taken}`,
    });
  const isFixed = (value: Value): boolean =>
    value.source.kind === "parameter" && target.fixed?.has(nameOf(value)) === true;
  const writer = new Writer(inputs, target);
  for (const source of inOrder(roots))
    if (source.kind === "input" || source.kind === "parameter") writer.names.set(source, [source.name]);
  writer.write(roots);
  const named = nameOutputs(outputs, writer);
  return {
    irVersion: 10,
    opsets: new Map([
      ["", opset],
      ["com.microsoft", 1],
    ]),
    producer: "tsugiki",
    graph: {
      name: "tsugiki",
      nodes: named,
      inputs: inputs.flatMap((value) => (isFixed(value) ? [] : onnxValue(nameOf(value), value))),
      outputs: [...outputs].map(([name, value]) => onnxValue(name, value)),
      initializers: writer.constants,
      external: inputs.filter(isFixed).map((value) => ({
        name: nameOf(value),
        dtype: value.dtype,
        shape: value.shape as readonly number[],
      })),
    },
  };
}

/**
 * Give the outputs their names: a node's result takes the name itself, so that nothing is copied; an input, or a
 * result that is several outputs, goes through an Identity.
 */
function nameOutputs(outputs: ReadonlyMap<string, Value>, writer: Writer): OnnxNode[] {
  const renamed = new Map<string, string>();
  for (const [name, value] of outputs) {
    const current = writer.nameOf(value);
    if (value.source.kind === "op" && writer.isResult(current) && !renamed.has(current))
      renamed.set(current, name);
    else writer.add("Identity", [current], [name], {});
  }
  return renameIn(writer.nodes, renamed);
}

/** Nodes under new names; a graph inside a node may use the names of the graph around it. */
function renameIn(nodes: readonly OnnxNode[], renamed: ReadonlyMap<string, string>): OnnxNode[] {
  const rename = (name: string): string => renamed.get(name) ?? name;
  return nodes.map((node) => {
    const attributes = Object.entries(node.attributes).map(([name, attribute]) => {
      if (attribute.kind !== "graph") return [name, attribute] as const;
      const value = { ...attribute.value, nodes: renameIn(attribute.value.nodes, renamed) };
      return [name, { kind: "graph", value }] as const;
    });
    return {
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: Object.fromEntries(attributes),
    };
  });
}

function inSinglePrecision(tensor: Tensor): Tensor {
  return tensor.dtype === "float64" ? asFloat32(tensor) : tensor;
}

function onnxValue(name: string, value: Value): OnnxValue {
  return { name, dtype: value.dtype, shape: value.shape };
}

class Writer implements Emitter {
  readonly contributedOps: boolean;
  readonly outerValues: boolean;
  readonly nodes: OnnxNode[] = [];
  /** Where nodes go now: to `nodes`, or to a graph within. */
  #open: OnnxNode[] = this.nodes;
  #count = 0;
  constants = new Map<string, Tensor>();
  readonly names = new Map<Source, readonly string[]>();
  #inputs: readonly Value[];
  readonly #results = new Set<string>();
  #shared = new Map<string, string>();

  constructor(inputs: readonly Value[], target: OnnxTarget) {
    this.#inputs = inputs;
    this.contributedOps = target.contributedOps;
    this.outerValues = target.outerValues;
  }

  /** Write all that `roots` depend on; inputs and parameters have their names already. */
  write(roots: readonly Value[]): void {
    const read = readOutputs(roots);
    for (const source of inOrder(roots)) {
      if (source.kind === "constant")
        this.names.set(source, [this.constant(inSinglePrecision(source.tensor))]);
      else if (source.kind === "op") {
        const lowered = source.op.lower({
          emit: this,
          inputs: source.inputs.map((value) => this.nameOf(value)),
          inputTypes: source.inputs,
          outputTypes: source.outputs,
          isRead: source.outputs.map((_, i) => read.get(source)?.has(i) ?? false),
          attributes: source.attributes,
        });
        this.names.set(source, lowered);
      }
    }
  }

  graph(inputs: readonly Value[], outer: ReadonlyMap<Source, string>, values: readonly Value[]): OnnxGraph {
    const [nodesAround, inputsAround, constantsAround, sharedAround] = [
      this.#open,
      this.#inputs,
      this.constants,
      this.#shared,
    ];
    const nodes: OnnxNode[] = [];
    this.#open = nodes;
    if (!this.outerValues) [this.#inputs, this.constants, this.#shared] = [inputs, new Map(), new Map()];
    for (const [source, name] of outer) this.names.set(source, [name]);
    const given = inputs.map((value) => {
      const name = `given_${this.#count++}`;
      this.names.set(value.source, [name]);
      return onnxValue(name, value);
    });
    this.write(values);
    // each output needs a node of its own within the graph
    const own = new Set(nodes.flatMap((node) => node.outputs));
    const outputs = values.map((value) => {
      const name = this.nameOf(value);
      return onnxValue(own.delete(name) ? name : this.node("Identity", [name])[0], value);
    });
    const initializers = this.outerValues ? new Map<string, Tensor>() : this.constants;
    [this.#open, this.#inputs, this.constants, this.#shared] = [
      nodesAround,
      inputsAround,
      constantsAround,
      sharedAround,
    ];
    return { name: `body_${this.#count++}`, nodes, inputs: given, outputs, initializers };
  }

  nameOf(value: Value): string {
    const name = this.names.get(value.source)?.[value.output];
    if (name === undefined)
      throw internal(`a value of kind ${value.source.kind} was used before it was written`);
    return name;
  }

  add(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    domain = "",
  ): void {
    for (const name of outputs) this.#results.add(name);
    this.#open.push({ name: `${type}_${this.#count++}`, type, domain, inputs, outputs, attributes });
  }

  /** Whether a name is a node's result, not an input or a constant that an op passed through. */
  isResult(name: string): boolean {
    return this.#results.has(name);
  }

  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    options: { domain?: string; outputCount?: number } = {},
  ): readonly [string, ...string[]] {
    const stem = `${type}_${this.#count}`;
    const rest = Array.from({ length: (options.outputCount ?? 1) - 1 }, (_, i) => `${stem}.${i + 1}`);
    this.add(type, inputs, [stem, ...rest], attributes, options.domain);
    return [stem, ...rest];
  }

  constant(tensor: Tensor): string {
    const key = `constant ${tensor.dtype} [${tensor.shape.join()}] ${tensor.data.length > 64 ? this.constants.size : tensor.data.join()}`;
    return this.#once(key, () => {
      const name = `constant_${this.#count++}`;
      this.constants.set(name, tensor);
      return name;
    });
  }

  shape(shape: Shape): string {
    const symbolic = shape.filter((dimension) => typeof dimension === "string");
    if (symbolic.length === 0) return this.constant(int64([shape.length], shape as number[]));
    return this.#once(`shape ${shape.join()}`, () => {
      const parts = shape.map((dimension) => this.#dimension(dimension));
      return this.node("Concat", parts, { axis: { kind: "int", value: 0 } })[0];
    });
  }

  /** An int64 vector of length 1 that holds one dimension. */
  #dimension(dimension: Dimension): string {
    if (typeof dimension === "number") return this.constant(int64([1], [dimension]));
    return this.#once(`dimension ${dimension}`, () =>
      dimensionTerms(dimension)
        .map(([coefficient, symbols]) => {
          const factors = symbols.map((symbol) => this.#symbol(symbol));
          if (coefficient !== 1 || factors.length === 0) factors.push(this.#dimension(coefficient));
          return factors.reduce((a, b) => this.node("Mul", [a, b])[0]);
        })
        .reduce((a, b) => this.node("Add", [a, b])[0]),
    );
  }

  #symbol(symbol: string): string {
    return this.#once(`symbol ${symbol}`, () => {
      for (const value of this.#inputs) {
        const axis = value.shape.indexOf(symbol);
        if (axis < 0) continue;
        return this.#axis(value, axis);
      }
      // in no shape by itself: what is left of a size that it is part of
      const isDirect = (size: Dimension): boolean => this.#inputs.some(({ shape }) => shape.includes(size));
      for (const value of this.#inputs)
        for (const [axis, size] of value.shape.entries()) {
          const rest = withoutSymbol(size, symbol);
          if (rest === undefined || !dimensionTerms(rest).every(([, others]) => others.every(isDirect)))
            continue;
          return this.node("Sub", [this.#axis(value, axis), this.#dimension(rest)])[0];
        }
      throw new ShapeError(
        `the size ${symbol} cannot be known: no input of the graph has an axis of that size`,
      );
    });
  }

  /** One axis of an input's shape: int64 `[1]`. */
  #axis(value: Value, axis: number): string {
    const range = { start: { kind: "int", value: axis }, end: { kind: "int", value: axis + 1 } } as const;
    return this.node("Shape", [nameOf(value)], range)[0];
  }

  #once(key: string, make: () => string): string {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const around = this.#open;
    this.#open = this.nodes; // what is shared may be used in any graph, so it stands in the outermost
    const name = make();
    this.#open = around;
    this.#shared.set(key, name);
    return name;
  }
}
