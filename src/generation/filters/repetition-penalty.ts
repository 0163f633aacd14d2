import type { ScoreFilter } from "./filter.js";

/**
 * Make tokens that have occurred less likely by a factor above 1 (Keskar et al. 2019,
 * https://arxiv.org/abs/1909.05858), likelier by one below.
 */
export function repetitionPenalty(factor: number): ScoreFilter {
  return (scores, { ids }) => penalize(scores, ids, factor);
}

/** Make tokens of the source likelier by a factor above 1. */
export function sourcePreference(factor: number): ScoreFilter {
  return (scores, { source }) => penalize(scores, source, 1 / factor);
}

function penalize(scores: Float32Array, ids: readonly number[], factor: number): void {
  for (const id of new Set(ids)) {
    const score = scores[id];
    if (score !== undefined) scores[id] = score < 0 ? score * factor : score / factor;
  }
}
