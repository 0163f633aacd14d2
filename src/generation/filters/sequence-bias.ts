import type { ScoreFilter } from "./filter.js";

/** How much is added to the score of the token that completes a sequence. */
export type SequenceBias = readonly (readonly [tokens: readonly number[], bias: number])[];

/** Make sequences of tokens likelier or less likely: a bias of -Infinity forbids one. */
export function sequenceBias(biases: SequenceBias): ScoreFilter {
  return (scores, { ids }) => {
    for (const [tokens, bias] of biases) {
      const before = tokens.length - 1;
      const last = tokens[before]!;
      const start = ids.length - before;
      const fits = start >= 0 && tokens.every((token, i) => i === before || token === ids[start + i]);
      if (fits && last < scores.length) scores[last] = scores[last]! + bias;
    }
  };
}

/** Forbid sequences of tokens; one that is an end token alone is left out, or nothing could end. */
export function badWords(words: readonly (readonly number[])[], endTokens: readonly number[]): ScoreFilter {
  const kept = words.filter((tokens) => tokens.length > 1 || !endTokens.includes(tokens[0]!));
  return sequenceBias(kept.map((tokens) => [tokens, -Infinity]));
}
