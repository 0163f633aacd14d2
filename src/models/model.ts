import type { JsonObject } from "../base/json.js";
import type { Value } from "../engine/index.js";
import type { BuildMode } from "../nn/index.js";
import type { NameTable } from "./names.js";

/** What stands on top of the encoder, by what it is for. */
export type Head =
  | "none"
  | "masked-lm"
  | "next-sentence"
  | "pre-training"
  | "sequence-classification"
  | "token-classification"
  | "span-extraction"
  | "multiple-choice";

/** What goes into a model; all int64. */
export interface ModelInputs {
  readonly ids: Value; // [batch, sequence], for multiple choice [examples, choices, sequence]
  readonly mask: Value; // as ids: 1 a token, 0 padding
  readonly typeIds: Value; // as ids: 0 first segment, 1 second
  /** Rows `[batch*sequence]` at which a masked-LM head is computed; all of them unless given. */
  readonly predictedRows?: Value; // [predicted]
}

/** What comes out. `heads` holds the values a head is asked for, by name (`logits`, `startLogits`, ...). */
export interface ModelOutputs {
  readonly heads: ReadonlyMap<string, Value>;
  readonly lastHidden: Value; // [batch, sequence, hidden]
  readonly hiddenStates: readonly Value[]; // the embeddings, then each layer
  readonly attentions: readonly Value[]; // [batch, heads, query, key] of each layer
  /** What goes into each layer and out of the last: where gradient checkpointing may cut. */
  readonly boundaries: readonly Value[];
}

/** An architecture with its sizes filled in: a pure builder of graphs. Weights live elsewhere, by name. */
export interface Network {
  readonly vocabularySize: number;
  readonly layerCount: number;
  readonly hiddenSize: number;
  /** The longest sequence that has positions. */
  readonly maxLength: number;
  /** `BERT, 4 layers x 256`. */
  readonly description: string;
  /** Build the graph. `labelCount` is the size of a classification head's output. */
  build(head: Head, labelCount: number, inputs: ModelInputs, mode: BuildMode): ModelOutputs;
}

/** A published family of models: one file in this folder, one line in its index. */
export interface Architecture {
  /** `model_type` in config.json. */
  readonly modelType: string;
  /** The name in `architectures` of config.json for each head there is. */
  readonly classNames: ReadonlyMap<Head, string>;
  /** Our parameter names and those of published checkpoints. */
  readonly names: NameTable;
  /** The table of word embeddings, which new tokens make longer. */
  readonly wordEmbeddings: string;
  /** What to put over config.json so that the model has another vocabulary size or dropout rate. */
  overrides(changes: { readonly vocabularySize?: number; readonly dropout?: number }): JsonObject;
  /** Read config.json; errors name `place` and the key. */
  readConfig(config: JsonObject, place: string): Network;
}
