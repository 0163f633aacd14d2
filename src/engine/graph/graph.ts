import type { DType } from "../../base/dtype.js";
import type { Tensor } from "../../base/tensor.js";
import type { OnnxAttribute, OnnxGraph } from "../../formats/onnx/index.js";
import type { Dimension } from "./dimension.js";

// What a graph is made of: values, where they come from, and the ops between them.

export type Shape = readonly Dimension[];

/** What is known of a value before any number is: its dtype and its shape. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** One result in the graph: where it comes from, and what type it has. */
export interface Value extends ValueType {
  readonly source: Source;
  /** Which output of the source it is; 0 for all but ops with several outputs. */
  readonly output: number;
}

export type Source = Input | Parameter | Constant | Application;

/** Fed in each run. */
export interface Input {
  readonly kind: "input";
  readonly name: string;
  /** Set where the input is a dropout mask: drawn from (seed, step, site, index), not fed by the caller. */
  readonly mask?: DropoutMask;
}

/** Elements are 1 with probability 1 - rate, else 0. */
export interface DropoutMask {
  readonly site: number;
  readonly rate: number;
}

/** Trained; its numbers live outside the graph under its name. Two uses of one name are one parameter. */
export interface Parameter {
  readonly kind: "parameter";
  readonly name: string;
  readonly initial: Initial;
  /** It is kept with the others but never trained: what PyTorch calls a buffer. */
  readonly isFixed?: true;
}

/** How a parameter starts where no checkpoint gives it. */
export type Initial =
  | { readonly kind: "normal"; readonly deviation: number }
  | { readonly kind: "uniform"; readonly limit: number } // from -limit to limit
  | { readonly kind: "fill"; readonly value: number };

/** Numbers fixed when the graph is built. */
export interface Constant {
  readonly kind: "constant";
  readonly tensor: Tensor;
}

/** An op at work on its inputs. */
export interface Application {
  readonly kind: "op";
  // biome-ignore lint/suspicious/noExplicitAny: ops of all attributes meet in one graph
  readonly op: OpDefinition<any>;
  readonly attributes: unknown;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/**
 * A graph within a graph: what an op such as `scan` does again and again. It stands in the op's attributes under the
 * name `body` and sees nothing of the graph around it but what its inputs are given.
 */
export interface Body {
  readonly inputs: readonly Value[];
  readonly values: readonly Value[];
}

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
  /** Set where the result is the first input's own numbers under another shape. */
  readonly isView?: true;
  /** The f32x4 instruction of WebAssembly that does it to four elements, where one does: for loops over flat arrays. */
  readonly simd?: number;
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
  /** The values of a body, given its inputs. */
  run(body: Body, inputs: readonly Array64[]): readonly Array64[];
}

export interface LowerContext<Attributes> {
  readonly emit: Emitter;
  /** Names of the inputs in the ONNX graph. */
  readonly inputs: readonly string[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  /** Whether anything reads an output; one that nothing reads may get any name. */
  readonly isRead: readonly boolean[];
  readonly attributes: Attributes;
}

/** Collects ONNX nodes. */
export interface Emitter {
  /** Whether the runtime knows ONNX Runtime's own ops (domain com.microsoft). */
  readonly contributedOps: boolean;
  /** Whether a graph within a node may read values of the graph around it. */
  readonly outerValues: boolean;
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
  /** The graph that computes `values` from `inputs`; `outer` names what it reads of the graph around it. */
  graph(inputs: readonly Value[], outer: ReadonlyMap<Source, string>, values: readonly Value[]): OnnxGraph;
}

export interface GradientContext<Attributes> {
  /** What flows into each output; undefined where nothing does. */
  readonly dys: readonly (Value | undefined)[];
  /** What flows into the first output (for ops with one). */
  readonly dy: Value;
  readonly x: readonly Value[];
  readonly y: readonly Value[];
  readonly attributes: Attributes;
  /** What flows from several values of a body, each with what flows into it, back to each of `targets`. */
  differentiate(flows: readonly Flow[], targets: readonly Value[]): (Value | undefined)[];
}

/** A value, and what flows back into it. */
export type Flow = readonly [value: Value, dy: Value];

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
