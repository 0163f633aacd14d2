// Denoising (BART, Lewis et al. 2019, https://arxiv.org/abs/1910.13461, section 2.2): a text is damaged, and the model
// writes it as it was. Each damage is a function from ids to ids; several can follow each other.
import type { Random } from "../base/index.js";

/** A damage to a text of ids without special tokens. */
export type Damage = (ids: readonly number[], random: Random) => readonly number[];

/** Token masking: each token becomes the mask with the probability `rate`, as in BERT. */
export const maskedTokens =
  (maskId: number, rate = 0.15): Damage =>
  (ids, random) =>
    ids.map((id) => (random.uniform() < rate ? maskId : id));

/** Token deletion: each token is left out with the probability `rate`; at least one stays. */
export const deletedTokens =
  (rate = 0.15): Damage =>
  (ids, random) => {
    const kept = ids.filter(() => random.uniform() >= rate);
    return kept.length > 0 ? kept : ids.slice(0, 1);
  };

/**
 * Text infilling: spans, their lengths drawn from a Poisson distribution, become one mask each, until `rate` of the
 * tokens are hidden. A span of length 0 puts a mask between two tokens.
 */
export const infilledText =
  (maskId: number, rate = 0.3, meanLength = 3): Damage =>
  (ids, random) => {
    let left = Math.round(rate * ids.length);
    const lengths: number[] = [];
    while (left > 0) {
      const length = Math.min(poisson(meanLength, random), left);
      lengths.push(length);
      left -= Math.max(length, 1); // empty spans cost as much as one token, so that the drawing ends
    }
    // spans begin at places that leave room for all of them, in random order
    const hidden = lengths.reduce((sum, length) => sum + length, 0);
    const gaps = lengths.map(() => random.integer(ids.length - hidden + 1)).sort((a, b) => a - b);
    const damaged: number[] = [];
    let at = 0;
    lengths.forEach((length, i) => {
      const gap = gaps[i]! - (i === 0 ? 0 : gaps[i - 1]!);
      damaged.push(...ids.slice(at, at + gap), maskId);
      at += gap + length;
    });
    return [...damaged, ...ids.slice(at)];
  };

/** Sentence permutation: the sentences of a text in random order, given where they begin, 0 the first. */
export function permuteSentences(
  ids: readonly number[],
  sentences: readonly number[],
  random: Random,
): readonly number[] {
  const cut = sentences.map((start, i) => ids.slice(start, sentences[i + 1]));
  return random.shuffle(cut).flat();
}

/** Document rotation: the text begins at a random token, and what stood before follows at the end. */
export const rotatedText = (): Damage => (ids, random) => {
  const start = random.integer(Math.max(1, ids.length));
  return [...ids.slice(start), ...ids.slice(0, start)];
};

/** One damage after the other. */
export const damagedBy =
  (...damages: readonly Damage[]): Damage =>
  (ids, random) =>
    damages.reduce((damaged, damage) => damage(damaged, random), ids);

/** A draw from the Poisson distribution, by Knuth's product of uniform numbers. */
function poisson(mean: number, random: Random): number {
  const bound = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > bound; product *= random.uniform()) count++;
  return count;
}
