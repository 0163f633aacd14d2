import {
  add,
  broadcast,
  matmul,
  parameter,
  reshape,
  sizeAt,
  slice,
  transpose,
  type Value,
  where,
} from "../engine/index.js";
import { type Attended, attend, splitHeads } from "./attention.js";
import type { BuildMode } from "./build-mode.js";
import { relativeScores } from "./relative-positions.js";

/** What queries meet: keys and values, the rows of distances, and which keys are of each query's segment. */
export interface RelativeKeys {
  readonly key: Value; // [batch, heads, key, headSize]
  readonly value: Value; // [batch, heads, key, headSize]
  /** A row for each of `relativeDistances`. */
  readonly positions: Value; // [query + key, heads*headSize]
  readonly sameSegment: Value; // [batch, 1, query, key], bool
}

export interface RelativeAttentionOptions {
  readonly headCount: number;
  readonly dropoutRate: number;
  readonly initialDeviation: number;
  /** Added to the scores; broadcasts to `[batch, heads, query, key]`. */
  readonly bias: Value;
}

/**
 * The attention of XLNet (Yang et al. 2019, https://arxiv.org/abs/1906.08237, and Dai et al. 2019,
 * https://arxiv.org/abs/1901.02860): scores by content, by distance, and by whether both tokens are of one segment, each
 * with a bias of its own. Queries are rows `[batch*query, heads*headSize]`, as is the result. Parameters
 * `<name>.contentBias`, `.positionBias`, `.segmentBias` and `.segment.weight`.
 */
export function relativeAttention(
  queries: Value,
  { key, value, positions, sameSegment }: RelativeKeys,
  name: string,
  { headCount, dropoutRate, initialDeviation: deviation, bias }: RelativeAttentionOptions,
  mode: BuildMode,
): Attended {
  const size = sizeAt(queries, 1) as number;
  const headSize = size / headCount;
  const scale = 1 / Math.sqrt(headSize);
  const [batch, queryLength] = [sizeAt(sameSegment, 0), sizeAt(sameSegment, 2)];
  const initial = { kind: "normal", deviation } as const;
  const withBias = (part: string): Value => {
    const own = parameter(`${name}.${part}Bias`, [headCount, headSize], initial);
    return splitHeads(add(queries, reshape(own, [size])), batch, queryLength, headCount);
  };
  const segments = parameter(`${name}.segment.weight`, [2, headCount, headSize], initial);
  const segmentTable = broadcast(transpose(segments, [1, 0, 2]), [batch, headCount, 2, headSize]);
  const bySegment = matmul(withBias("segment"), segmentTable, { transposeB: true, scale }); // [batch, heads, query, 2]
  const segmentScores = where(sameSegment, slice(bySegment, 3, 0, 1), slice(bySegment, 3, 1, 2));
  const positionScores = relativeScores(withBias("position"), positions, scale);
  const options = { dropoutRate, scale, bias: add(add(positionScores, segmentScores), bias) };
  return attend(withBias("content"), key, value, options, mode);
}
