import type { DType, Tensor } from "../../base/index.js";
import {
  bytesField,
  damaged,
  floatField,
  integerField,
  type MessageSource,
  readMessage,
  stringField,
} from "../protobuf.js";
import { decodeOnnxTensor } from "./decode-onnx-tensor.js";
import { attributeKinds, elementTypes } from "./onnx-codes.js";
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from "./onnx-model.js";

/**
 * Read an ONNX file. What a model of ours never holds (documentation, types of inner values, metadata) is left
 * out; what would change its meaning (several graphs in one attribute, data in other files) is refused.
 */
export function decodeOnnx(bytes: Uint8Array, path: string): OnnxModel {
  // A Buffer's slice() shares its memory where an Uint8Array's copies: only the latter can be aligned.
  const plainBytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const source: MessageSource = { bytes: plainBytes, path, place: "model" };
  const model = { irVersion: 0, producer: "", opsets: new Map<string, number>() };
  let graph: OnnxGraph | undefined;
  readMessage(source, {
    1: integerField((value) => (model.irVersion = value)),
    2: stringField((value) => (model.producer = value)),
    7: bytesField((part) => (graph = decodeGraph({ bytes: part, path, place: "graph" }, 0))),
    8: bytesField((part) => {
      const [domain, version] = decodeOpset({ bytes: part, path, place: "opset_import" });
      model.opsets.set(domain, version);
    }),
  });
  if (graph === undefined) throw damaged(source, "expected a graph, got none");
  if (model.opsets.size === 0) throw damaged(source, "expected the version of an operator set, got none");
  return { ...model, graph };
}

function decodeOpset(source: MessageSource): [string, number] {
  let domain = "";
  let version = 0;
  readMessage(source, {
    1: stringField((value) => (domain = value)),
    2: integerField((value) => (version = value)),
  });
  return [domain, version];
}

/** A loop in a loop in a loop is still a model; more is an attack on the stack. */
const deepestGraph = 8;

function decodeGraph(source: MessageSource, depth: number): OnnxGraph {
  if (depth > deepestGraph) throw damaged(source, `graphs are nested more than ${deepestGraph} deep`);
  const nodes: OnnxNode[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const initializers = new Map<string, Tensor>();
  let name = "";
  const nested = (bytes: Uint8Array, part: string): MessageSource => ({
    ...source,
    bytes,
    place: `${source.place}.${part}`,
  });
  readMessage(source, {
    1: bytesField((part) => nodes.push(decodeNode(nested(part, `node[${nodes.length}]`), depth))),
    2: stringField((value) => (name = value)),
    5: bytesField((part) => {
      const place = nested(part, `initializer[${initializers.size}]`);
      const constant = decodeOnnxTensor(place);
      if (initializers.has(constant.name)) throw damaged(place, `the name ${constant.name} is there twice`);
      initializers.set(constant.name, constant.tensor);
    }),
    11: bytesField((part) => inputs.push(decodeValue(nested(part, `input[${inputs.length}]`)))),
    12: bytesField((part) => outputs.push(decodeValue(nested(part, `output[${outputs.length}]`)))),
    15: bytesField(() => {
      throw damaged(source, "sparse constants are not supported");
    }),
  });
  return { name, nodes, inputs, outputs, initializers };
}

function decodeNode(source: MessageSource, depth: number): OnnxNode {
  const node = { name: "", type: "", domain: "", inputs: [] as string[], outputs: [] as string[] };
  const attributes: Record<string, OnnxAttribute> = Object.create(null);
  readMessage(source, {
    1: stringField((value) => node.inputs.push(value)),
    2: stringField((value) => node.outputs.push(value)),
    3: stringField((value) => (node.name = value)),
    4: stringField((value) => (node.type = value)),
    5: bytesField((part) => {
      const place = { ...source, bytes: part, place: `${source.place}.attribute` };
      const [name, attribute] = decodeAttribute(place, depth);
      attributes[name] = attribute;
    }),
    7: stringField((value) => (node.domain = value)),
  });
  if (node.type === "") throw damaged(source, "expected an operator's name (op_type), got none");
  return { ...node, attributes };
}

function decodeAttribute(source: MessageSource, depth: number): [string, OnnxAttribute] {
  let name = "";
  let code = 0;
  let int = 0;
  let float = 0;
  let string = "";
  let tensor: Tensor | undefined;
  let graph: OnnxGraph | undefined;
  const ints: number[] = [];
  const floats: number[] = [];
  const strings: string[] = [];
  readMessage(source, {
    1: stringField((value) => (name = value)),
    2: floatField((value) => (float = value)),
    3: integerField((value) => (int = value)),
    4: stringField((value) => (string = value)),
    5: bytesField((part) => (tensor = decodeOnnxTensor({ ...source, bytes: part }).tensor)),
    6: bytesField((part) => (graph = decodeGraph({ ...source, bytes: part }, depth + 1))),
    7: floatField((value) => floats.push(value)),
    8: integerField((value) => ints.push(value)),
    9: stringField((value) => strings.push(value)),
    20: integerField((value) => (code = value)),
  });
  const kind = attributeKinds.get(code);
  if (kind === undefined)
    throw damaged(source, `attribute ${name} is of type ${code}, which is not supported`);
  if (kind === "tensor") {
    if (tensor === undefined) throw damaged(source, `expected attribute ${name} to hold a tensor, got none`);
    return [name, { kind, value: tensor }];
  }
  if (kind === "graph") {
    if (graph === undefined) throw damaged(source, `expected attribute ${name} to hold a graph, got none`);
    return [name, { kind, value: graph }];
  }
  const values = { int, float, string, ints, floats, strings };
  return [name, { kind, value: values[kind] } as OnnxAttribute];
}

function decodeValue(source: MessageSource): OnnxValue {
  const path = source.path;
  let name = "";
  let dtype: DType | undefined;
  let shape: (number | string)[] | undefined;
  const tensorType = (bytes: Uint8Array): void =>
    readMessage(
      { bytes, path, place: `${source.place}.type` },
      {
        1: integerField((code) => (dtype = elementTypes.get(code))),
        2: bytesField((part) => (shape = decodeShape({ bytes: part, path, place: `${source.place}.shape` }))),
      },
    );
  readMessage(source, {
    1: stringField((value) => (name = value)),
    2: bytesField((bytes) =>
      readMessage({ bytes, path, place: `${source.place}.type` }, { 1: bytesField(tensorType) }),
    ),
  });
  if (dtype === undefined)
    throw damaged(source, `expected ${name} to be a tensor of a supported number type`);
  if (shape === undefined) throw damaged(source, `expected ${name} to have a shape, got none`);
  return { name, dtype, shape };
}

function decodeShape(source: MessageSource): (number | string)[] {
  const shape: (number | string)[] = [];
  readMessage(source, {
    1: bytesField((bytes) => {
      let size: number | string = "";
      readMessage(
        { ...source, bytes },
        {
          1: integerField((value) => (size = value)),
          2: stringField((value) => (size = value)),
        },
      );
      shape.push(size);
    }),
  });
  return shape;
}
