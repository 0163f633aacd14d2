import {
  add,
  gather,
  multiplyDimensions,
  reshape,
  sizeAt,
  slice,
  split,
  type Value,
} from "../engine/index.js";
import { activation } from "./activation.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";
import { embedding, embeddingTable } from "./embedding.js";
import { transposedLinear } from "./linear.js";

// What GPT and GPT-2 share: they put these blocks together in another order.

export interface TokenEmbeddingOptions {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly positionCount: number;
  readonly embeddingDropout: number;
  readonly initialDeviation: number;
}

/**
 * Embeddings of words and positions added up: `[batch*new, hidden]` for ids `[batch, new]`. Positions, of the same
 * shape, are counted from 0 unless given. Parameters `<name>.word` and `<name>.position`.
 */
export function tokenEmbeddings(
  ids: Value,
  positions: Value | undefined,
  name: string,
  options: TokenEmbeddingOptions,
  mode: BuildMode,
): Value {
  const { vocabularySize, hiddenSize, positionCount, initialDeviation: deviation } = options;
  const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const words = embedding(embeddingTable(`${name}.word`, vocabularySize, hiddenSize, deviation), ids);
  const table = embeddingTable(`${name}.position`, positionCount, hiddenSize, deviation);
  const places = positions === undefined ? slice(table, 0, 0, length) : gather(table, positions);
  const rows = reshape(add(words, places), [multiplyDimensions(batch, length), hiddenSize]);
  return dropout(rows, options.embeddingDropout, mode);
}

/** Query, key and value of rows `[rows, hidden]` by one product. Parameter `<name>` `[hidden, 3*hidden]`. */
export function fusedProjections(
  rows: Value,
  name: string,
  deviation: number,
): { readonly query: Value; readonly key: Value; readonly value: Value } {
  const size = sizeAt(rows, -1) as number;
  const fused = transposedLinear(rows, name, 3 * size, deviation);
  const [query, key, value] = split(fused, 1, [size, size, size]) as [Value, Value, Value];
  return { query, key, value };
}

export interface TransposedFeedForwardOptions {
  readonly feedForwardSize: number;
  readonly activation: string;
  readonly initialDeviation: number;
  /** Of the layer that leads back. Default: as the other. */
  readonly outerDeviation?: number;
}

/** Two dense layers with an activation between, weights `[in, out]`. Parameters `<name>.inner` and `<name>.outer`. */
export function transposedFeedForward(
  rows: Value,
  name: string,
  { feedForwardSize, activation: kind, initialDeviation, outerDeviation }: TransposedFeedForwardOptions,
): Value {
  const inner = transposedLinear(rows, `${name}.inner`, feedForwardSize, initialDeviation);
  const hiddenSize = sizeAt(rows, -1) as number;
  return transposedLinear(
    activation(kind)(inner),
    `${name}.outer`,
    hiddenSize,
    outerDeviation ?? initialDeviation,
  );
}
