import { allocate, bytesPerElement, type DType, type Tensor, viewBytes } from "../../base/index.js";
import {
  bigintField,
  bytesField,
  damaged,
  doubleField,
  floatField,
  integerField,
  type MessageSource,
  readMessage,
  stringField,
} from "../protobuf.js";
import { elementTypes } from "./onnx-codes.js";

/** Read a TensorProto: its numbers stand as raw bytes (seen in place) or in a list of the field for its type. */
export function decodeOnnxTensor(source: MessageSource): { name: string; tensor: Tensor } {
  const shape: number[] = [];
  const floats: number[] = [];
  const doubles: number[] = [];
  const int32s: number[] = [];
  const int64s: bigint[] = [];
  let name = "";
  let code = 0;
  let raw: Uint8Array | undefined;
  readMessage(source, {
    1: integerField((size) => shape.push(size)),
    2: integerField((value) => (code = value)),
    4: floatField((value) => floats.push(value)),
    5: integerField((value) => int32s.push(value)),
    7: bigintField((value) => int64s.push(value)),
    8: stringField((value) => (name = value)),
    9: bytesField((value) => (raw = value)),
    10: doubleField((value) => doubles.push(value)),
    13: bytesField(() => {
      throw damaged(source, "its numbers stand in another file (external data), which is not supported");
    }),
  });
  const dtype = elementTypes.get(code);
  if (dtype === undefined) throw damaged(source, `tensor ${name} is of type ${code}, which is not supported`);
  const size = checkedSize(shape);
  const label = `tensor ${name} ${dtype} [${shape.join(", ")}]`;
  if (size === undefined) throw damaged(source, `${label} has an impossible shape`);
  if (raw !== undefined) {
    const expected = size * bytesPerElement[dtype];
    if (raw.length !== expected)
      throw damaged(source, `${label}: expected ${expected} bytes, got ${raw.length}`);
    return { name, tensor: { dtype, shape, data: viewBytes(dtype, raw) } };
  }
  const list = { float32: floats, float64: doubles, int64: int64s }[dtype as string] ?? int32s;
  if (list.length !== size) throw damaged(source, `${label}: expected ${size} numbers, got ${list.length}`);
  return { name, tensor: { dtype, shape, data: fromList(dtype, list) } };
}

function fromList(dtype: DType, list: readonly (number | bigint)[]): Tensor["data"] {
  const data = allocate(dtype, list.length);
  for (let i = 0; i < list.length; i++) data[i] = list[i]!;
  return data;
}

/** The number of elements, or undefined where a size is negative or the product is beyond exact integers. */
function checkedSize(shape: readonly number[]): number | undefined {
  let size = 1;
  for (const length of shape) {
    size *= length;
    if (length < 0 || !Number.isSafeInteger(size)) return undefined;
  }
  return size;
}
