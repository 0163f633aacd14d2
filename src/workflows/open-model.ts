import { join } from "node:path";
import type { JsonObject, Tensor } from "../base/index.js";
import { type DownloadProgress, openModelDirectory, resolveModel } from "../hub/index.js";
import { type Architecture, architectureOf, type Network } from "../models/index.js";
import type { Tokenizer } from "../tokenizers/index.js";

/** A checkpoint that was found: what its configuration says, and how its weights and tokenizer are read. */
export interface OpenModel {
  /** The name or path that was asked for. */
  readonly name: string;
  readonly directory: string;
  /** The commit, of a model from the Hub. */
  readonly commit: string | undefined;
  /** Whether it has no weights yet and is to be trained from scratch. */
  readonly isNew: boolean;
  readonly config: JsonObject;
  /** The path of config.json, for messages. */
  readonly configPath: string;
  readonly architecture: Architecture;
  readonly network: Network;
  /** Weights under the names of the checkpoint. */
  readWeights(): Promise<Map<string, Tensor>>;
  /** The text of another file of the folder (`generation_config.json`), or undefined where there is none. */
  readText(file: string): Promise<string | undefined>;
}

export interface OpenModelOptions {
  readonly revision?: string;
  readonly offline?: boolean;
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Settings other than those of config.json. */
  readonly changes?: { readonly dropout?: number; readonly tokenizer?: Tokenizer };
}

/** Find a model by path or Hub name and read its configuration. */
export async function openModel(nameOrPath: string, options: OpenModelOptions = {}): Promise<OpenModel> {
  const { revision, offline, onDownload, changes = {} } = options;
  const { directory, commit } = await resolveModel(nameOrPath, {
    ...(revision === undefined ? {} : { revision }),
    ...(offline === undefined ? {} : { offline }),
    ...(onDownload === undefined ? {} : { onProgress: onDownload }),
  });
  const opened = await openModelDirectory(directory);
  const configPath = join(directory, "config.json");
  const architecture = architectureOf(opened.config, configPath);
  const tokenCount = changes.tokenizer?.vocabularySize ?? 0;
  const { vocabularySize } = architecture.readConfig(opened.config, configPath);
  const overrides = architecture.overrides({
    ...(tokenCount > vocabularySize ? { vocabularySize: tokenCount } : {}),
    ...(changes.dropout === undefined ? {} : { dropout: changes.dropout }),
  });
  const config = { ...opened.config, ...overrides };
  return {
    name: nameOrPath,
    directory,
    commit,
    isNew: false,
    config,
    configPath,
    architecture,
    network: architecture.readConfig(config, configPath),
    readText: opened.readText,
    async readWeights() {
      const weights = await opened.readWeights();
      if (tokenCount > vocabularySize) growEmbeddings(weights, architecture, tokenCount);
      return weights;
    },
  };
}

/** Make the table of word embeddings longer for tokens that were added: each starts as the mean of all that are there. */
function growEmbeddings(weights: Map<string, Tensor>, architecture: Architecture, rowCount: number): void {
  for (const [name, tensor] of weights) {
    if (architecture.names.own(name) !== architecture.wordEmbeddings) continue;
    const [oldCount, size] = tensor.shape as [number, number];
    const data = new Float32Array(rowCount * size);
    data.set(tensor.data as Float32Array);
    const mean = new Float64Array(size);
    for (let i = 0; i < oldCount * size; i++) mean[i % size]! += Number(tensor.data[i]) / oldCount;
    for (let row = oldCount; row < rowCount; row++) data.set(mean, row * size);
    weights.set(name, { dtype: "float32", shape: [rowCount, size], data });
  }
}
