import type { TokenSequence } from "../sequence.js";

/**
 * Changes the scores `[vocabulary]` of what may come next, in place; what must not come gets -Infinity. Scores are
 * logits when a token is chosen or drawn, log-probabilities in a beam search.
 */
export type ScoreFilter = (scores: Float32Array, sequence: TokenSequence) => void;

/** Forbid every token whose score is below a bound. */
export function forbidBelow(scores: Float32Array, bound: number): void {
  for (let i = 0; i < scores.length; i++) if (scores[i]! < bound) scores[i] = -Infinity;
}

/** Forbid tokens; those outside the vocabulary are no tokens. */
export function forbid(scores: Float32Array, tokens: Iterable<number>): void {
  for (const token of tokens) if (token < scores.length) scores[token] = -Infinity;
}

/** Leave only some tokens, each with a score of 0. */
export function force(scores: Float32Array, tokens: readonly number[]): void {
  scores.fill(-Infinity);
  for (const token of tokens) scores[token] = 0;
}
