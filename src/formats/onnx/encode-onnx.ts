import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { bytesOf, type Tensor, TsugikiError } from "../../base/index.js";
import { attributeCodes, elementCodes } from "./onnx-codes.js";
import type {
  ExternalTensor,
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxValue,
} from "./onnx-model.js";

// Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Fields are
// written in the order of their numbers, as Google's library does, so that equal models are equal bytes.

/** Protocol Buffers hold at most 2 GiB in one message. */
const messageLimit = 2 ** 31 - 1;

/** The bytes of an ONNX file. Constants are part of it, which bounds them to 2 GB together. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  checkSize(model.graph);
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(model.irVersion);
  writeString(writer, 2, model.producer);
  writeMessage(writer, 7, () => writeGraph(writer, model.graph));
  for (const [domain, version] of model.opsets) {
    writeMessage(writer, 8, () => {
      writer.tag(1, WireType.LengthDelimited).string(domain);
      writer.tag(2, WireType.Varint).int64(version);
    });
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writeMessage(writer, 1, () => writeNode(writer, node));
  writeString(writer, 2, graph.name);
  for (const [name, tensor] of graph.initializers) {
    writeMessage(writer, 5, () => writeTensor(writer, tensor, name));
  }
  for (const tensor of graph.external ?? []) writeMessage(writer, 5, () => writeExternal(writer, tensor));
  for (const value of graph.inputs) writeMessage(writer, 11, () => writeValue(writer, value));
  for (const value of graph.outputs) writeMessage(writer, 12, () => writeValue(writer, value));
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  for (const output of node.outputs) writer.tag(2, WireType.LengthDelimited).string(output);
  writeString(writer, 3, node.name);
  writeString(writer, 4, node.type);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writeMessage(writer, 5, () => writeAttribute(writer, name, attribute));
  }
  writeString(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: OnnxAttribute): void {
  writeString(writer, 1, name);
  writeAttributeValue(writer, attribute);
  writer.tag(20, WireType.Varint).int32(attributeCodes[attribute.kind]);
}

function writeAttributeValue(writer: BinaryWriter, attribute: OnnxAttribute): void {
  switch (attribute.kind) {
    case "float":
      writer.tag(2, WireType.Bit32).float(attribute.value);
      break;
    case "int":
      writer.tag(3, WireType.Varint).int64(attribute.value);
      break;
    case "string":
      writer.tag(4, WireType.LengthDelimited).string(attribute.value);
      break;
    case "tensor":
      writeMessage(writer, 5, () => writeTensor(writer, attribute.value, ""));
      break;
    case "graph":
      writeMessage(writer, 6, () => writeGraph(writer, attribute.value));
      break;
    case "floats":
      for (const value of attribute.value) writer.tag(7, WireType.Bit32).float(value);
      break;
    case "ints":
      for (const value of attribute.value) writer.tag(8, WireType.Varint).int64(value);
      break;
    case "strings":
      for (const value of attribute.value) writer.tag(9, WireType.LengthDelimited).string(value);
      break;
  }
}

function writeTensor(writer: BinaryWriter, tensor: Tensor, name: string): void {
  for (const size of tensor.shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(elementCodes[tensor.dtype]);
  writeString(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(bytesOf(tensor.data));
}

/** A TensorProto that names the file where its numbers are. */
function writeExternal(writer: BinaryWriter, { name, dtype, shape }: ExternalTensor): void {
  for (const size of shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(elementCodes[dtype]);
  writeString(writer, 8, name);
  writeMessage(writer, 13, () => {
    writeString(writer, 1, "location");
    writeString(writer, 2, name);
  });
  writer.tag(14, WireType.Varint).int32(1); // EXTERNAL
}

/** ValueInfoProto { name, type: TypeProto { tensor_type: Tensor { elem_type, shape: TensorShapeProto { dim } } } } */
function writeValue(writer: BinaryWriter, value: OnnxValue): void {
  writeString(writer, 1, value.name);
  writeMessage(writer, 2, () =>
    writeMessage(writer, 1, () => {
      writer.tag(1, WireType.Varint).int32(elementCodes[value.dtype]);
      writeMessage(writer, 2, () => {
        for (const size of value.shape) writeMessage(writer, 1, () => writeDimension(writer, size));
      });
    }),
  );
}

function writeDimension(writer: BinaryWriter, size: number | string): void {
  if (typeof size === "number") writer.tag(1, WireType.Varint).int64(size);
  else writer.tag(2, WireType.LengthDelimited).string(size);
}

function writeString(writer: BinaryWriter, field: number, value: string): void {
  if (value !== "") writer.tag(field, WireType.LengthDelimited).string(value);
}

function writeMessage(writer: BinaryWriter, field: number, writeFields: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  writeFields();
  writer.join();
}

function checkSize(graph: OnnxGraph): void {
  let byteCount = 0;
  for (const tensor of graph.initializers.values()) byteCount += tensor.data.byteLength;
  if (byteCount > messageLimit) {
    throw new TsugikiError(
      `ONNX graph ${graph.name}: expected at most 2 GB of constants, got ${(byteCount / 2 ** 30).toFixed(1)} GiB`,
      { hint: "an ONNX file cannot be larger; leave the weights as inputs of the graph" },
    );
  }
}
