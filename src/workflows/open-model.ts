import { join } from "node:path";
import { type JsonObject, sizeOf, type Tensor } from "../base/index.js";
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
      if (tokenCount > vocabularySize) growVocabulary(weights, architecture, tokenCount);
      return weights;
    },
  };
}

/**
 * Make room for tokens that were added, in the table of word embeddings, in copies of it and in a head that scores
 * words: each new row starts as the mean of all that are there. A bias of scores that nobody trains goes on with 0.
 */
function growVocabulary(weights: Map<string, Tensor>, architecture: Architecture, rowCount: number): void {
  const { names, wordEmbeddings } = architecture;
  const table = [...weights].find(([name]) => names.own(name) === wordEmbeddings)?.[1];
  if (table === undefined) return;
  const oldCount = table.shape[0]!;
  for (const [name, tensor] of weights) {
    const own = names.own(name);
    const isHead = own !== undefined && names.isHead(own);
    const scoresWords = isHead && tensor.shape[0] === oldCount;
    if (own === wordEmbeddings || names.tied(name).includes(wordEmbeddings) || scoresWords)
      weights.set(name, withMeanRows(tensor, rowCount));
    else if (isHead && tensor.shape.join() === `1,${oldCount}`) {
      const data = new Float32Array(rowCount);
      data.set(tensor.data as Float32Array);
      weights.set(name, { dtype: "float32", shape: [1, rowCount], data });
    }
  }
}

/** A tensor with rows added behind, each the mean of those before. */
function withMeanRows({ shape, data: old }: Tensor, rowCount: number): Tensor {
  const [oldCount, ...rest] = shape as [number, ...number[]];
  const size = sizeOf(rest);
  const data = new Float32Array(rowCount * size);
  data.set(old as Float32Array);
  const mean = new Float64Array(size);
  for (let i = 0; i < oldCount * size; i++) mean[i % size]! += Number(old[i]) / oldCount;
  for (let row = oldCount; row < rowCount; row++) data.set(mean, row * size);
  return { dtype: "float32", shape: [rowCount, ...rest], data };
}
