import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { allocate, asFloat32, FileError, fromBfloat16, fromFloat16, type Tensor } from "../base/index.js";
import {
  decodeSafetensorsTensor,
  headerLengthSize,
  parseSafetensorsHeader,
  readHeaderLength,
  type SafetensorsHeader,
} from "../formats/index.js";
import { openForReading, readFully, readTextFile } from "./files-read.js";
import { parseShardIndex } from "./shard-index.js";

/** An index of a million tensors has about this many bytes. */
const indexSizeLimit = 100_000_000;

/** Read the header of a safetensors file only: what tensors it has. */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const { handle, size } = await openForReading(path);
  try {
    return await readHeader(handle, size, path);
  } finally {
    await handle.close();
  }
}

/** Read a safetensors file of any size, tensor by tensor. */
export async function readSafetensorsFile(path: string): Promise<Map<string, Tensor>> {
  const { handle, size } = await openForReading(path);
  try {
    const header = await readHeader(handle, size, path);
    const tensors = new Map<string, Tensor>();
    for (const [name, entry] of header.entries) {
      const bytes = new Uint8Array(entry.end - entry.begin);
      await readFully(handle, bytes, entry.begin, path);
      tensors.set(name, decodeSafetensorsTensor(name, entry, bytes, path));
    }
    return tensors;
  } finally {
    await handle.close();
  }
}

/** Read one weight file, numbers of other widths turned to float32. */
export async function readWeightFile(path: string): Promise<Map<string, Tensor>> {
  const weights = await readSafetensorsFile(path);
  for (const [name, tensor] of weights) weights.set(name, widened(tensor));
  return weights;
}

/** Read the weights that an index divides into several files. */
export async function readShardedWeights(directory: string, indexFile: string): Promise<Map<string, Tensor>> {
  const indexPath = join(directory, indexFile);
  const files = parseShardIndex(await readTextFile(indexPath, indexSizeLimit), indexPath);
  const weights = new Map<string, Tensor>();
  for (const file of new Set(files.values())) {
    const shard = await readWeightFile(join(directory, file));
    for (const [name, expected] of files) {
      if (expected === file && !shard.has(name)) {
        throw new FileError(
          indexPath,
          `${file} should hold the tensor ${JSON.stringify(name)}, but does not`,
          {
            hint: "the shards and the index are not of the same model; fetch all of them again",
          },
        );
      }
    }
    for (const [name, tensor] of shard) {
      if (weights.has(name))
        throw new FileError(join(directory, file), `the tensor ${name} is in another shard too`);
      weights.set(name, tensor);
    }
  }
  return weights;
}

async function readHeader(handle: FileHandle, size: number, path: string): Promise<SafetensorsHeader> {
  const start = new Uint8Array(Math.min(headerLengthSize, size));
  await readFully(handle, start, 0, path);
  const header = new Uint8Array(readHeaderLength(start, size, path));
  await readFully(handle, header, headerLengthSize, path);
  return parseSafetensorsHeader(header, size, path);
}

/** Half-width numbers become float32 by a table of all 65,536 of them; integers stay. */
function widened(tensor: Tensor): Tensor {
  if (tensor.dtype === "float64") return asFloat32(tensor);
  if (tensor.dtype !== "float16" && tensor.dtype !== "bfloat16") return tensor;
  const table = tensor.dtype === "float16" ? float16Table() : bfloat16Table();
  const bits = tensor.data as Uint16Array;
  const data = allocate("float32", bits.length);
  for (let i = 0; i < bits.length; i++) data[i] = table[bits[i]!]!;
  return { dtype: "float32", shape: tensor.shape, data };
}

const float16Table = once(() => Float32Array.from({ length: 2 ** 16 }, (_, bits) => fromFloat16(bits)));
const bfloat16Table = once(() => Float32Array.from({ length: 2 ** 16 }, (_, bits) => fromBfloat16(bits)));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
