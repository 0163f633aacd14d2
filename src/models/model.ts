import type { JsonObject } from "../base/json.js";
import type { Value } from "../engine/index.js";
import type { AttentionVectors, BuildMode, ClassifierPooling } from "../nn/index.js";
import type { Decoder, StateSlot } from "./decoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import type { NameTable } from "./names.js";
import type { SourceReader } from "./side.js";

/**
 * What comes out. `heads` holds the values a head is asked for, by name (`logits`, `startLogits`, ...). Of an
 * encoder-decoder, hidden states and attentions are the decoder's; `encoder` has the other half.
 */
export interface ModelOutputs {
  readonly heads: ReadonlyMap<string, Value>;
  readonly lastHidden: Value; // [batch, sequence, hidden]
  readonly hiddenStates: readonly Value[]; // the embeddings, then each layer
  readonly attentions: readonly Value[]; // [batch, heads, query, key] of each layer
  /** What the attention of each layer compares and mixes: in encoders of BERT's form. */
  readonly vectors?: readonly AttentionVectors[];
  readonly encoder?: EncoderOutputs;
  /** What the decoder attends to in the source. */
  readonly crossAttentions?: readonly Value[]; // [batch, heads, target, sequence] of each layer
  /** What goes on from one part of a text to the next, where `carriesState` asks for it. */
  readonly state?: readonly StateSlot[];
  /** What goes into each layer and out of the last: where gradient checkpointing may cut. */
  readonly boundaries: readonly Value[];
}

/** What the encoder of an encoder-decoder gives. */
export interface EncoderOutputs {
  readonly lastHidden: Value; // [batch, sequence, hidden]
  readonly hiddenStates: readonly Value[];
  readonly attentions: readonly Value[];
}

/** How many tokens a model remembers of the segments before. */
export interface MemorySettings {
  /** The most of all; undefined: no bound. */
  readonly length: number | undefined;
  /** Of each segment, its first so many; undefined: all. */
  readonly reusedLength: number | undefined;
}

/** An architecture with its sizes filled in: a pure builder of graphs. Weights live elsewhere, by name. */
export interface Network {
  readonly vocabularySize: number;
  readonly layerCount: number;
  /** Of an encoder-decoder whose parameters begin with `encoder.` and `decoder.`: how many layers are the encoder's. */
  readonly encoderLayerCount?: number;
  readonly hiddenSize: number;
  /** The longest sequence that has positions; infinite where positions are relative. */
  readonly maxLength: number;
  /** `BERT, 4 layers x 256`. */
  readonly description: string;
  /** Whether rows may hold several texts each (`ModelInputs.packing`). Default false. */
  readonly packs?: boolean;
  /** Build the graph. `labelCount` is the size of a classification head's output. */
  build(head: Head, labelCount: number, inputs: ModelInputs, mode: BuildMode): ModelOutputs;
  /** Of an encoder-decoder: what the decoder reads while it learns to write `target`, of the same length. */
  decoderInput?(target: readonly number[]): readonly number[];
  /** Which tokens of that it sees, 1 or 0 each, where nobody says; default: all. */
  decoderMask?(read: readonly number[]): readonly number[];
  /** How it writes text a token at a time, where it can. */
  readonly decoder?: Decoder;
  /** What it is as the half of a pair that writes, where it can attend to a source. */
  readonly sourceReader?: SourceReader;
  /** Of a family that learns from the guesses of a smaller model over the same embeddings: that model, its layers as wide
   *  as this share of its own, and its config.json. */
  generator?(share: number): { readonly network: Network; readonly config: JsonObject };
  /** Of a model that reads a text in segments, with what its layers read of those before (`carriesState`): how much of that
   *  it remembers. */
  readonly memory?: MemorySettings;
  /** Whether it looks back only, but for the tokens of a prefix (`ModelInputs.prefixLengths`). Default false. */
  readonly seesPrefix?: boolean;
  /** Whether it reads running text with the state in which it left the part before (`carries_state` in config.json). */
  readonly carriesState?: boolean;
}

/** Settings that a model may be given other than those of its config.json. */
export interface ConfigChanges {
  readonly vocabularySize?: number;
  /** Only for families that let it be chosen (`Architecture.choosesPooling`). */
  readonly pooling?: ClassifierPooling;
  readonly dropout?: number;
  /** Families that cannot be cut to fewer layers leave it as it is. */
  readonly layerCount?: number;
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
  /** Python's names of a head's outputs, where they differ from those of other models: `relationshipLogits`. */
  readonly outputNames?: Readonly<Record<string, string>>;
  /** Whether config.json says what of a text its classifier reads. Default false: the family has settled it. */
  readonly choosesPooling?: true;
  /** What to put over config.json for settings other than its own. */
  overrides(changes: ConfigChanges): JsonObject;
  /** Of a composite: the architecture made of the parts that this config.json names. */
  composed?(config: JsonObject, place: string): Architecture;
  /** Read config.json; errors name `place` and the key. */
  readConfig(config: JsonObject, place: string): Network;
}
