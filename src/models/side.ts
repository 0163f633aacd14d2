import type { Dimension, Value } from "../engine/index.js";
import type { BuildMode, KeyValue, PastKeyValue } from "../nn/index.js";

// The halves of an encoder-decoder. Rows are [batch*length, hidden] between attentions.

/** What a layer is given: rows that see each other and, in a decoder, the text before and the source. */
export interface SideLayerInputs {
  readonly x: Value; // [batch*length, hidden]
  readonly batch: Dimension;
  readonly bias: Value; // broadcasts to [batch, heads, query, key]
  readonly past?: PastKeyValue;
  readonly source?: KeyValue & { readonly bias: Value };
}

export interface SideLayerOutputs {
  readonly rows: Value;
  readonly probabilities: Value; // [batch, heads, query, key]
  readonly sourceProbabilities?: Value; // [batch, heads, query, sequence]
  /** Of `x`, without the past unless that is joined. */
  readonly keyValue: KeyValue;
}

/** One half: embeddings, layers, and what comes after the last of them. */
export interface Side {
  readonly layerCount: number;
  /** `positions` is given where they are not 0, 1, 2, ...: int64 `[batch, length]`. */
  embed(ids: Value, positions: Value | undefined, mode: BuildMode): Value; // [batch*length, hidden]
  /** What is added to the scores beside the bias of padding and order, from the places of keys and queries: int64
   *  `[length]` or `[batch, length]`. */
  placeBias?(keys: Value, queries: Value): Value;
  layer(index: number, inputs: SideLayerInputs, mode: BuildMode): SideLayerOutputs;
  /** A norm, say. */
  finish?(rows: Value, mode: BuildMode): Value;
}

/** The half that writes. */
export interface WritingSide extends Side {
  readonly headCount: number;
  readonly headSize: number;
}

/** A decoder that attends to a source besides its own text. */
export interface SourceReader {
  readonly decoder: WritingSide;
  /** What layer `index` sees of the source, from the encoder's last rows. */
  sourceKeyValue(index: number, rows: Value, batch: Dimension): KeyValue;
  /** Scores of all words for the decoder's last rows: `[rows, vocabulary]`. */
  score(rows: Value): Value;
}
