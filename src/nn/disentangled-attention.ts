import { add, transpose, type Value } from "../engine/index.js";
import { type Attended, attend } from "./attention.js";
import type { BuildMode } from "./build-mode.js";
import { relativeScores } from "./relative-positions.js";

/** Rows `[2*length, heads*headSize]`, one for each of `relativeDistances` and of their opposites. */
export interface DisentangledPositions {
  /** What queries look for in a distance: how far the query stands behind the key. */
  readonly keys: Value | undefined;
  /** What distances look for in keys: how far the key stands behind the query. */
  readonly queries: Value | undefined;
}

export interface DisentangledOptions {
  readonly dropoutRate: number;
  /** Which keys each query may see, bool; broadcasts to `[batch, heads, query, key]`. */
  readonly visible: Value;
  /** What all scores are multiplied by. */
  readonly scale: number;
}

/**
 * Attention whose scores are the sum of content to content, content to position and position to content (He et al.
 * 2020, https://arxiv.org/abs/2006.03654), of `[batch, heads, length, headSize]` each.
 */
export function disentangledAttention(
  query: Value,
  key: Value,
  value: Value,
  positions: DisentangledPositions,
  { scale, ...options }: DisentangledOptions,
  mode: BuildMode,
): Attended {
  const biases: Value[] = [];
  if (positions.keys !== undefined) biases.push(relativeScores(query, positions.keys, scale));
  if (positions.queries !== undefined)
    biases.push(transpose(relativeScores(key, positions.queries, scale), [0, 1, 3, 2]));
  const bias = biases.length === 0 ? {} : { bias: biases.reduce(add) };
  return attend(query, key, value, { ...options, ...bias, scale }, mode);
}
