import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FileError, type JsonObject, parseJsonObject, type Tensor } from "../base/index.js";
import { isFile, readTextFile, statIfThere } from "./files-read.js";
import { readShardedWeights, readWeightFile } from "./files-weights.js";
import { pickleRefusal } from "./pickle-refusal.js";

/** No configuration of the field comes near this. */
const configSizeLimit = 10_000_000;

/** Tokenizer files with a quarter of a million tokens and their merges have some 40 MB. */
const textSizeLimit = 200_000_000;

/** A checkpoint on the disk: a folder with config.json and weights, as Python's `save_pretrained` writes it. */
export interface ModelDirectory {
  readonly path: string;
  /** config.json, as it stands there. */
  readonly config: JsonObject;
  /** All weights by the names of the checkpoint; half and double width turned to float32, integers kept. */
  readWeights(): Promise<Map<string, Tensor>>;
  /** The text of another file of the folder (`vocab.txt`), or undefined where there is none. */
  readText(file: string): Promise<string | undefined>;
}

/**
 * Open a model directory. Its configuration is read and the weights are looked for; they are read when asked for.
 *
 * ```ts
 * const directory = await openModelDirectory("my-model");
 * const weights = await directory.readWeights();
 * ```
 */
export async function openModelDirectory(path: string): Promise<ModelDirectory> {
  const stats = await statIfThere(path);
  if (stats === undefined) throw new FileError(path, "no such directory");
  if (!stats.isDirectory()) {
    throw new FileError(path, "expected a model directory, got a file", {
      hint: "give the folder that holds config.json",
    });
  }
  const configPath = join(path, "config.json");
  if (!(await isFile(configPath))) throw await missingConfig(path);
  const config = parseJsonObject(await readTextFile(configPath, configSizeLimit), configPath);
  return {
    path,
    config,
    readWeights: () => readWeights(path),
    async readText(file) {
      const textPath = join(path, file);
      return (await isFile(textPath)) ? readTextFile(textPath, textSizeLimit) : undefined;
    },
  };
}

/** The single file goes before the index, as in Python. */
async function readWeights(directory: string): Promise<Map<string, Tensor>> {
  const single = join(directory, "model.safetensors");
  if (await isFile(single)) return readWeightFile(single);
  const index = "model.safetensors.index.json";
  if (await isFile(join(directory, index))) return readShardedWeights(directory, index);
  const names = await readdir(directory);
  throw (
    pickleRefusal(directory, names) ??
    new FileError(
      directory,
      "expected weights (model.safetensors or model.safetensors.index.json), got none",
      {
        hint: "the directory holds a configuration only; fetch the whole model",
      },
    )
  );
}

async function missingConfig(path: string): Promise<FileError> {
  const names = await readdir(path);
  for (const name of names.sort()) {
    if (await isFile(join(path, name, "config.json"))) {
      return new FileError(path, "expected config.json, got none", {
        hint: `did you mean ${join(path, name)}?`,
      });
    }
  }
  return new FileError(path, "expected config.json, got none", {
    hint: "give a folder as Python's save_pretrained writes it: config.json, model.safetensors, tokenizer files",
  });
}
