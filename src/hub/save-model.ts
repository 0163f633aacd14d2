import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bytesPerElement, type JsonObject, type Tensor } from "../base/index.js";
import { encodeSafetensors } from "../formats/index.js";
import { castFloats } from "./cast-floats.js";
import { writeDirectoryAtomically, writeFileAtomically } from "./files-write.js";
import { planShards } from "./plan-shards.js";
import { formatShardIndex } from "./shard-index.js";

/** What is written into a model directory. */
export interface SavedModel {
  readonly config: JsonObject;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Other files by name: tokenizer, model card. */
  readonly files?: ReadonlyMap<string, string | Uint8Array>;
}

export interface SaveOptions {
  /** The width of floating-point weights in the file. Default: as they are. */
  readonly dtype?: "float32" | "float16" | "bfloat16";
  /** Weights beyond this many bytes are divided into several files. Default 5 GB. */
  readonly maxShardSize?: number;
}

const defaultShardSize = 5_000_000_000;
const indexFile = "model.safetensors.index.json";
const weightFile = /^model(-\d{5}-of-\d{5})?\.safetensors$/;

/** Write a model directory; at any moment `path` is missing, the old directory or the whole new one. */
export async function writeModelDirectory(
  path: string,
  model: SavedModel,
  options: SaveOptions = {},
): Promise<void> {
  await writeDirectoryAtomically(path, (temporary) => writeModelFiles(temporary, model, options));
}

/**
 * Write a model into a folder that may hold other things. Each file is written atomically; config.json, without
 * which the folder is not taken for a model, comes last. Weight files of an earlier model are removed, its index
 * first, so that shards of two models are never read as one.
 */
export async function writeModelFiles(
  directory: string,
  model: SavedModel,
  options: SaveOptions = {},
): Promise<void> {
  const dtype = options.dtype;
  const weights = dtype === undefined ? model.weights : castFloats(model.weights, dtype);
  const shards = planShards(weights, options.maxShardSize ?? defaultShardSize);
  if (shards.length > 1) await rm(join(directory, indexFile), { force: true });
  for (const { file, tensors } of shards) {
    await writeFileAtomically(join(directory, file), encodeSafetensors(tensors, new Map([["format", "pt"]])));
  }
  const written = new Set(shards.map((shard) => shard.file));
  if (shards.length > 1) {
    const files = new Map(
      shards.flatMap(({ file, tensors }) => [...tensors.keys()].map((name) => [name, file])),
    );
    await writeFileAtomically(join(directory, indexFile), [formatShardIndex(files, totals(weights))]);
    written.add(indexFile);
  }
  for (const name of await readdir(directory)) {
    if ((weightFile.test(name) || name === indexFile) && !written.has(name)) await rm(join(directory, name));
  }
  for (const [name, content] of model.files ?? [])
    await writeFileAtomically(join(directory, name), [content]);
  await writeFileAtomically(join(directory, "config.json"), [`${configText(model.config)}\n`]);
}

/** Keys of config.json whose values Python's transformers wants as floats: it refuses 1 where it expects 1.0. */
const floatKey = /(^|_)(layerdrop|std|eps|epsilon|factor|range|theta)$/;

function configText(config: JsonObject): string {
  return JSON.stringify(config, null, 2).replace(
    /^( *"(\w+)": -?\d+)(?=,?$)/gm, // a key and a whole number, alone on their line
    (line, start: string, key: string) => (floatKey.test(key) ? `${start}.0` : line),
  );
}

function totals(weights: ReadonlyMap<string, Tensor>): { elementCount: number; byteCount: number } {
  let elementCount = 0;
  let byteCount = 0;
  for (const { dtype, data } of weights.values()) {
    elementCount += data.length;
    byteCount += data.length * bytesPerElement[dtype];
  }
  return { elementCount, byteCount };
}
