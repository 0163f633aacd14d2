import type { DType } from "../../base/dtype.js";
import { internal } from "../../base/errors.js";
import type { Tensor } from "../../base/tensor.js";
import type { OnnxAttribute } from "../../formats/onnx/index.js";
import type { Dimension } from "./dimension.js";
import type { Application, Shape, Value, ValueType } from "./value.js";

/** Everything Tsugiki knows of an op, side by side. */
export interface OpDefinition<Attributes> {
  readonly name: string;
  /** What types come out, one an output. */
  infer(inputs: readonly ValueType[], attributes: Attributes): readonly ValueType[];
  /** What numbers come out, in float64 and without haste: the oracle of the tests. Fills `outputs`, which start at zero. */
  evaluate(context: EvaluateContext<Attributes>): void;
  /** Which ONNX nodes do it; returns the name of each output. */
  lower(context: LowerContext<Attributes>): readonly string[];
  /** What flows back to each input, as more graph; null where nothing does. */
  gradient(context: GradientContext<Attributes>): readonly (Value | null)[];
  /** Inputs and attributes that the sweeps try. */
  readonly examples: readonly Example<Attributes>[];
}

/** Concrete numbers, whatever the dtype, as float64. */
export interface Array64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface EvaluateContext<Attributes> {
  readonly inputs: readonly Array64[];
  readonly outputs: readonly Array64[];
  readonly attributes: Attributes;
  /** What a dimension in the attributes stands for in this run. */
  size(dimension: Dimension): number;
}

export interface LowerContext<Attributes> {
  readonly emit: Emitter;
  /** Names of the inputs in the ONNX graph. */
  readonly inputs: readonly string[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  readonly attributes: Attributes;
}

/** Collects ONNX nodes. */
export interface Emitter {
  /** Whether the runtime knows ONNX Runtime's own ops (domain com.microsoft). */
  readonly contributedOps: boolean;
  /** Add a node and return its outputs' names. */
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    options?: { domain?: string; outputCount?: number },
  ): readonly [string, ...string[]];
  constant(tensor: Tensor): string;
  /** An int64 vector that holds a shape; symbols are read off the graph's inputs at run time. */
  shape(shape: Shape): string;
}

export interface GradientContext<Attributes> {
  /** What flows into each output; undefined where nothing does. */
  readonly dys: readonly (Value | undefined)[];
  /** What flows into the first output (for ops with one). */
  readonly dy: Value;
  readonly x: readonly Value[];
  readonly y: readonly Value[];
  readonly attributes: Attributes;
}

export interface Example<Attributes> {
  readonly inputs: readonly ExampleInput[];
  readonly attributes: Attributes;
}

export interface ExampleInput {
  readonly shape: readonly number[];
  /** float32 unless told. */
  readonly dtype?: DType;
  /** Where the numbers are drawn from; default [-1, 1] for floats. Integers are drawn from [low, high). */
  readonly range?: readonly [number, number];
}

export type Op<Attributes> = ((
  inputs: readonly Value[],
  attributes: Attributes,
) => readonly [Value, ...Value[]]) & {
  readonly definition: OpDefinition<Attributes>;
};

/** An op whose attributes are not known here: what the registry, the walker and the sweeps see. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where ops of all attributes meet
export type AnyOp = Op<any>;

export function isOp(item: unknown): item is AnyOp {
  return typeof item === "function" && "definition" in item;
}

/** Make an op from its definition: a function from inputs and attributes to outputs. */
export function defineOp<Attributes>(definition: OpDefinition<Attributes>): Op<Attributes> {
  const apply = (inputs: readonly Value[], attributes: Attributes): readonly [Value, ...Value[]] => {
    const outputs: Value[] = [];
    const source: Application = { kind: "op", op: definition, attributes, inputs, outputs };
    definition.infer(inputs, attributes).forEach((type, output) => {
      outputs.push({ source, output, dtype: type.dtype, shape: type.shape });
    });
    const [first, ...rest] = outputs;
    if (first === undefined) throw internal(`${definition.name} has no output`);
    return [first, ...rest];
  };
  return Object.assign(apply, { definition });
}
