import type { DType, Tensor } from "../../base/index.js";

/** A value that goes into or out of a graph. A dimension is a number or the name of a symbol. */
export interface OnnxValue {
  name: string;
  dtype: DType;
  shape: readonly (number | string)[];
}

/** A constant setting of a node. A graph may use the names of the graph around it. */
export type OnnxAttribute =
  | { kind: "int"; value: number }
  | { kind: "float"; value: number }
  | { kind: "string"; value: string }
  | { kind: "ints"; value: readonly number[] }
  | { kind: "floats"; value: readonly number[] }
  | { kind: "strings"; value: readonly string[] }
  | { kind: "tensor"; value: Tensor }
  | { kind: "graph"; value: OnnxGraph };

/** One operation: `type` of the operator set `domain` ("" is the standard one). An input "" is left out. */
export interface OnnxNode {
  name: string;
  type: string;
  domain: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** Nodes in an order in which they can run, and the constants they use. */
export interface OnnxGraph {
  name: string;
  nodes: readonly OnnxNode[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  initializers: ReadonlyMap<string, Tensor>;
  /** Further constants, whose numbers stand in files of their own, called as they are. */
  external?: readonly ExternalTensor[];
}

/** A constant whose numbers stand elsewhere. */
export interface ExternalTensor {
  name: string;
  dtype: DType;
  shape: readonly number[];
}

/** A whole ONNX file. `opsets` gives the version of each operator set used, by domain. */
export interface OnnxModel {
  irVersion: number;
  opsets: ReadonlyMap<string, number>;
  producer: string;
  graph: OnnxGraph;
}
