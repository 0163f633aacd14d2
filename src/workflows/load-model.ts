import { mkdir } from "node:fs/promises";
import type { Tensor } from "../base/index.js";
import { leaves, type Value } from "../engine/index.js";
import { writeModelFiles } from "../hub/index.js";
import {
  foreignWeights,
  type Head,
  type ModelInputs,
  type ModelOutputs,
  modelInputs,
} from "../models/index.js";
import { forInference, forTraining } from "../nn/index.js";
import { labelFields, labelsOfConfig } from "../tasks/labels.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { type OpenModel, openModel } from "./open-model.js";
import { openTokenizer } from "./open-tokenizer.js";
import { loadWeights } from "./session.js";

/** What can be asked of a model that is loaded for one's own loop. */
export interface LoadModelOptions {
  /** What stands on top of the encoder. Default `none`: hidden states only. */
  readonly head?: Head;
  /** The names of a classification head's classes, in the order of its outputs. Default: those of config.json. */
  readonly labels?: readonly string[];
  /** Decides the weights that the checkpoint lacks. Default 42. */
  readonly seed?: number;
  /** Dropout other than config.json says. */
  readonly dropout?: number;
  /** Branch, tag or commit of a model on the Hub. Default `main`. */
  readonly revision?: string;
  /** Use the cache only, never the network. */
  readonly offline?: boolean;
}

/** A model taken apart: its graphs, and its weights by name. Nothing runs yet. */
export interface LoadedModel {
  readonly head: Head;
  /** `BERT, 4 layers x 256`. */
  readonly description: string;
  /** What a classification head's outputs stand for, in their order. */
  readonly labels: readonly string[];
  /** The longest sequence that has positions. */
  readonly maxLength: number;
  /** Inputs `ids`, `mask` and `typeIds`, int64, `[batch, sequence]`; of multiple choice `[examples, choices, sequence]`. */
  readonly inputs: ModelInputs;
  /** The graph with dropout, to be learnt with. */
  readonly training: ModelOutputs;
  /** The graph without. */
  readonly inference: ModelOutputs;
  /** Weights of all parameters of both graphs. */
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
  /** Parameters that the checkpoint does not have; they were drawn by the seed. */
  readonly newParameters: readonly string[];
  /** Write a model directory that Python's transformers opens too: with these weights, or those it was loaded with. */
  save(directory: string, options?: SaveModelOptions): Promise<void>;
}

export interface SaveModelOptions {
  /** Weights by our names, as `trainer.learner.parameters()` gives them. Default: those the model was loaded with. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Its files are written beside the weights. */
  readonly tokenizer?: Tokenizer;
}

/**
 * Load a model by path or Hub name, to train or run it by one's own code.
 *
 * ```ts
 * const model = await loadModel("rootstocks/ja-small", { head: "masked-lm" });
 * const logits = model.training.heads.get("logits");
 * ```
 */
export async function loadModel(nameOrPath: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const { head = "none", seed = 42, dropout, ...access } = options;
  const changes = dropout === undefined ? {} : { dropout };
  const model = await openModel(nameOrPath, { ...access, changes });
  const labels = options.labels ?? labelsOfConfig(model.config, model.configPath) ?? ["LABEL_0", "LABEL_1"];
  const inputs = modelInputs(head);
  const training = model.network.build(head, labels.length, inputs, forTraining());
  const inference = model.network.build(head, labels.length, inputs, forInference());
  const outputs: Value[] = [...training.heads.values(), ...inference.heads.values()];
  const { weights, newParameters } = await loadWeights(model, leaves(outputs, "parameter"), seed);
  return {
    head,
    description: model.network.description,
    labels,
    maxLength: model.network.maxLength,
    inputs,
    training,
    inference,
    weights,
    newParameters,
    save: (directory, changed = {}) => save(model, head, labels, directory, { weights, ...changed }),
  };
}

/**
 * Load a tokenizer: of a model directory by path or Hub name, or from a file (tokenizer.json, vocab.txt, SentencePiece
 * .model).
 *
 * ```ts
 * const tokenizer = await loadTokenizer("rootstocks/ja-small");
 * const { ids, tokens } = tokenizer.encode("要素の外側の余白");
 * ```
 */
export function loadTokenizer(
  nameOrPath: string,
  options: Pick<LoadModelOptions, "revision" | "offline"> = {},
): Promise<Tokenizer> {
  return openTokenizer({ tokenizer: nameOrPath, ...options });
}

async function save(
  { architecture, config }: OpenModel,
  head: Head,
  labels: readonly string[],
  directory: string,
  { weights, tokenizer }: SaveModelOptions & { readonly weights: ReadonlyMap<string, Tensor> },
): Promise<void> {
  const { id2label: _, label2id: __, problem_type: ___, ...rest } = config;
  const named = head === "sequence-classification" || head === "token-classification";
  await mkdir(directory, { recursive: true });
  await writeModelFiles(directory, {
    config: {
      ...rest,
      architectures: [architecture.classNames.get(head)!],
      ...(named ? labelFields(labels) : {}),
    },
    weights: foreignWeights(architecture, head, weights),
    files: tokenizer?.toFiles() ?? new Map(),
  });
}
