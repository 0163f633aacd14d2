import { bytesOf, FileError, internal, type Tensor, viewBytes } from "../base/index.js";
import {
  headerLengthSize,
  parseSafetensorsHeader,
  readHeaderLength,
  type SafetensorsEntry,
} from "./safetensors-header.js";
import { elementTypes, typeNames } from "./safetensors-types.js";

/** The contents of a safetensors file. */
export interface SafetensorsFile {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Read a whole safetensors file. Every rule of the format is checked; `path` begins the error messages.
 * Tensors are views of `bytes` where their alignment allows it.
 */
export function decodeSafetensors(bytes: Uint8Array, path: string): SafetensorsFile {
  const dataBegin = headerLengthSize + readHeaderLength(bytes, bytes.length, path);
  const header = parseSafetensorsHeader(bytes.subarray(headerLengthSize, dataBegin), bytes.length, path);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of header.entries) {
    tensors.set(name, decodeSafetensorsTensor(name, entry, bytes.subarray(entry.begin, entry.end), path));
  }
  return { tensors, metadata: header.metadata };
}

/** One tensor from its own bytes. */
export function decodeSafetensorsTensor(
  name: string,
  entry: SafetensorsEntry,
  bytes: Uint8Array,
  path: string,
): Tensor {
  const dtype = elementTypes.get(entry.type)?.dtype;
  if (dtype === undefined) {
    const supported = Object.values(typeNames).join(", ");
    throw new FileError(
      path,
      `tensor ${JSON.stringify(name)} is of type ${entry.type}; supported are ${supported}`,
      {
        hint: "take a checkpoint that is not quantized, or convert it to one of these types with the tool that wrote it",
      },
    );
  }
  // A Buffer's slice() shares its memory where an Uint8Array's copies: only the latter can be aligned.
  const plainBytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { dtype, shape: entry.shape, data: viewBytes(dtype, plainBytes) };
}

/**
 * The bytes of a safetensors file, in chunks to be written one after the other: the header, then each tensor's
 * own memory. The same tensors give the same bytes, and those that Python's library writes.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array[] {
  const ordered = orderForFile(tensors);
  // Written by hand: an object would move names that look like numbers to the front.
  const fields: string[] = [];
  if (metadata.size > 0)
    fields.push(`"__metadata__":{${[...metadata].map(([k, v]) => `${quote(k)}:${quote(v)}`)}}`);
  let position = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === "__metadata__") throw internal("a tensor cannot be called __metadata__");
    const offsets = `[${position},${position + data.byteLength}]`;
    fields.push(
      `${quote(name)}:{"dtype":"${typeNames[dtype]}","shape":[${shape}],"data_offsets":${offsets}}`,
    );
    position += data.byteLength;
  }
  return [encodeHeader(`{${fields}}`), ...ordered.map(([, { data }]) => bytesOf(data))];
}

/** Largest alignment first, so that every tensor is aligned; then by name, compared as UTF-8 bytes. */
function orderForFile(tensors: ReadonlyMap<string, Tensor>): [string, Tensor][] {
  const ranks = new Map([...elementTypes.keys()].map((type, i) => [type, i]));
  const rank = (tensor: Tensor): number => ranks.get(typeNames[tensor.dtype])!;
  return [...tensors].sort(([a, left], [b, right]) => rank(right) - rank(left) || compareCodePoints(a, b));
}

/** The order of UTF-8 bytes is that of code points; JavaScript's `<` compares UTF-16 units, which differs. */
function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Padded with spaces to 8 bytes, so that the tensors after it are aligned. */
function encodeHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(headerLengthSize + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, headerLengthSize);
  return bytes;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
