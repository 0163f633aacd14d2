import { join } from "node:path";
import type { JsonObject, Tensor } from "../base/index.js";
import { type DownloadProgress, openModelDirectory, resolveModel } from "../hub/index.js";
import { type Architecture, architectureOf, type Network } from "../models/index.js";
import type { ClassifierPooling } from "../nn/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { changeRows, grownRows, type RowOrigins, tableLength } from "./vocabulary-rows.js";

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
  /** The network's rate of dropout where a run has asked for another one than config.json has. */
  readonly dropout?: number;
  /** Tokens of the tokenizer that the checkpoint has no row for; theirs begin as the mean of all. */
  readonly addedTokenCount: number;
  /** The model that it has learnt beside, and goes on with: a generator. */
  readonly companion?: OpenModel;
  /** Weights under the names of the checkpoint. */
  readWeights(): Promise<Map<string, Tensor>>;
  /** The text of another file of the folder (`generation_config.json`), or undefined where there is none. */
  readText(file: string): Promise<string | undefined>;
}

export interface OpenModelOptions {
  readonly revision?: string;
  readonly offline?: boolean;
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** What is other than config.json has it: the rate of dropout of this run, the vocabulary, what a classifier reads. */
  readonly changes?: {
    readonly dropout?: number;
    readonly tokenizer?: Tokenizer;
    readonly pooling?: ClassifierPooling;
  };
}

/** What of a vocabulary is not in the checkpoint: one line for people, or none. */
export function vocabularyNotes({ addedTokenCount: count }: Pick<OpenModel, "addedTokenCount">): string[] {
  if (count === 0) return [];
  const [are, their] =
    count === 1 ? ["1 token is", "its row begins"] : [`${count} tokens are`, "their rows begin"];
  return [`${are} not in the checkpoint; ${their} as the mean of all`];
}

/**
 * The network that a configuration describes. Another rate of dropout is a matter of the run, as its learning rate is:
 * what is saved keeps the one of its configuration.
 */
export function networkOf(
  { architecture, config, configPath }: Pick<OpenModel, "architecture" | "config" | "configPath">,
  dropout: number | undefined,
): Pick<OpenModel, "network" | "dropout"> {
  if (dropout === undefined) return { network: architecture.readConfig(config, configPath) };
  const ownConfig = { ...config, ...architecture.overrides({ dropout }) };
  return { network: architecture.readConfig(ownConfig, configPath), dropout };
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
  const addedTokenCount = Math.max(0, tokenCount - vocabularySize);
  const overrides = architecture.overrides({
    ...(addedTokenCount > 0 ? { vocabularySize: tokenCount } : {}),
    ...(changes.pooling === undefined ? {} : { pooling: changes.pooling }),
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
    ...networkOf({ architecture, config, configPath }, changes.dropout),
    addedTokenCount,
    readText: opened.readText,
    async readWeights() {
      const weights = await opened.readWeights();
      const oldCount = tableLength(weights, architecture) ?? 0;
      if (addedTokenCount > 0) changeRows(weights, architecture, grownRows(oldCount, tokenCount));
      return weights;
    },
  };
}

/**
 * The same model with another vocabulary: `origins` says what the row of each token of the new one is made of, and
 * `oldCount` how many tokens the old one had. Rows of a table that is longer than its vocabulary stay behind it, unless
 * the new vocabulary is shorter than the old one.
 */
export function withVocabulary(model: OpenModel, origins: RowOrigins, oldCount: number): OpenModel {
  const { architecture, network, configPath, companion } = model;
  const rowCount =
    origins.length < oldCount ? origins.length : Math.max(network.vocabularySize, origins.length);
  const rows = Array.from({ length: rowCount }, (_, id) => origins[id] ?? [id]);
  const config = { ...model.config, ...architecture.overrides({ vocabularySize: rowCount }) };
  return {
    ...model,
    config,
    ...networkOf({ architecture, config, configPath }, model.dropout),
    ...(companion === undefined ? {} : { companion: withVocabulary(companion, origins, oldCount) }),
    async readWeights() {
      const weights = await model.readWeights();
      changeRows(weights, architecture, rows);
      return weights;
    },
  };
}
