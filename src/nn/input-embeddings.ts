import { add, gather, multiplyDimensions, reshape, sizeAt, slice, type Value } from "../engine/index.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";
import { embedding, embeddingTable } from "./embedding.js";
import { layerNorm } from "./layer-norm.js";

export interface InputEmbeddingsOptions {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly positionCount: number;
  /** How many segments there are; 0 for a model without. */
  readonly segmentCount: number;
  /** The word whose row stays as it is. */
  readonly paddingId: number;
  /** The position whose row stays as it is. */
  readonly paddingPosition?: number;
  readonly normEpsilon: number;
  readonly hiddenDropout: number;
  readonly initialDeviation: number;
}

/** Ids of tokens and segments, and where each token stands; all int64 `[batch, sequence]`. */
export interface EmbeddedIds {
  readonly ids: Value;
  readonly typeIds?: Value | undefined;
  /** Counted from 0 unless given. */
  readonly positions?: Value | undefined;
}

/**
 * Embeddings of words, segments and positions added up and normalised: `[batch*sequence, embedding]`. Parameters
 * `<name>.word`, `<name>.segment`, `<name>.position` and `<name>.norm`.
 */
export function inputEmbeddings(
  { ids, typeIds, positions }: EmbeddedIds,
  name: string,
  options: InputEmbeddingsOptions,
  mode: BuildMode,
): Value {
  const { positionCount, segmentCount, embeddingSize: size, initialDeviation: deviation } = options;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const words = embedding(wordTable(name, options), ids, options.paddingId);
  const positionTable = embeddingTable(`${name}.position`, positionCount, size, deviation);
  const places =
    positions === undefined
      ? slice(positionTable, 0, 0, sequence) // [sequence, embedding]
      : gather(positionTable, positions, options.paddingPosition); // [batch, sequence, embedding]
  const sum = add(segmentCount === 0 ? words : add(words, segments(name, typeIds, options)), places);
  const rows = reshape(sum, [multiplyDimensions(batch, sequence), size]);
  return dropout(layerNorm(rows, `${name}.norm`, options.normEpsilon), options.hiddenDropout, mode);
}

/** The table of word embeddings, to which a head that predicts words is tied. */
export function wordTable(
  name: string,
  {
    vocabularySize,
    embeddingSize,
    initialDeviation,
  }: Pick<InputEmbeddingsOptions, "vocabularySize" | "embeddingSize" | "initialDeviation">,
): Value {
  return embeddingTable(`${name}.word`, vocabularySize, embeddingSize, initialDeviation);
}

/** One row for all where there is one segment, or where nobody says which. */
function segments(
  name: string,
  typeIds: Value | undefined,
  { segmentCount, embeddingSize, initialDeviation }: InputEmbeddingsOptions,
): Value {
  const table = embeddingTable(`${name}.segment`, segmentCount, embeddingSize, initialDeviation);
  return segmentCount === 1 || typeIds === undefined ? slice(table, 0, 0, 1) : embedding(table, typeIds);
}
