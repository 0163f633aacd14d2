import type { DType } from "../../base/index.js";
import type { OnnxAttribute } from "./onnx-model.js";

// The numbers that onnx.proto gives to types (TensorProto.DataType, AttributeProto.AttributeType).

/** TensorProto.DataType of each dtype. */
export const elementCodes: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
};

/** The dtype of each TensorProto.DataType that we hold. */
export const elementTypes: ReadonlyMap<number, DType> = new Map(
  Object.entries(elementCodes).map(([dtype, code]) => [code, dtype as DType]),
);

/** AttributeProto.AttributeType of each kind. */
export const attributeCodes: Record<OnnxAttribute["kind"], number> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
};

/** The kind of each AttributeProto.AttributeType that we hold. */
export const attributeKinds: ReadonlyMap<number, OnnxAttribute["kind"]> = new Map(
  Object.entries(attributeCodes).map(([kind, code]) => [code, kind as OnnxAttribute["kind"]]),
);
