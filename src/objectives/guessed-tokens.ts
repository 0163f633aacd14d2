import { float32, int64, type Tensor } from "../base/index.js";

/** What of a text is to be guessed, and from where. */
export interface GuessedPlaces {
  /** Places of the text at which a token is guessed, rising: where it is hidden, or the place before it. */
  readonly places: Int32Array; // [predicted]
  /** The tokens to be guessed there: labels are shifted here, not in the graph. */
  readonly labels: Int32Array; // [predicted]
}

/**
 * What a batch of texts, padded to `length`, feeds to the graph beside ids and mask. `totalCount` is the number of
 * guessed tokens in all micro-batches of the step, so that the loss is the mean over them.
 */
export function guessedFeeds(
  rows: readonly GuessedPlaces[],
  length: number,
  totalCount: number,
): Map<string, Tensor> {
  const guessed = rows.reduce((sum, { labels }) => sum + labels.length, 0);
  const count = Math.max(1, guessed); // graphs have no empty arrays: a place that does not count stands in
  const [predictedRows, labels] = [new Int32Array(count), new Int32Array(count)];
  let at = 0;
  for (const [row, next] of rows.entries()) {
    for (const [i, place] of next.places.entries()) predictedRows[at + i] = row * length + place;
    labels.set(next.labels, at);
    at += next.labels.length;
  }
  return new Map<string, Tensor>([
    ["predictedRows", int64([count], predictedRows)],
    ["labels", int64([count], labels)],
    ["weights", float32([count], new Float32Array(count).fill(1 / totalCount, 0, guessed))],
  ]);
}
