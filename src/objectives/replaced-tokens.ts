// Replaced-token detection (ELECTRA, Clark et al. 2020, https://arxiv.org/abs/2003.10555): a small generator fills in
// what is hidden, and the model tells for each token whether it was replaced.
import { hash } from "../base/index.js";
import type { MaskedBatch } from "./masked-lm.js";

/** A batch in which a generator has filled in the hidden tokens. */
export interface ReplacedBatch {
  readonly ids: Int32Array; // [size, length]
  /** 1 where a token is not the one that stood there; a generator that guesses right replaces nothing. */
  readonly labels: Int32Array; // [size, length]
}

/**
 * Fill in the hidden tokens by drawing from the generator's distribution: the largest of logits plus Gumbel noise, which
 * comes from a hash of (seed, step, place, token), so that a step is the same on every machine. `logits` are those of
 * the hidden places, `[predicted, vocabulary]`; `original` are the ids before anything was hidden.
 */
export function replaceTokens(
  original: Int32Array,
  { predictedRows }: Pick<MaskedBatch, "predictedRows">,
  logits: Float32Array,
  seed: number,
  step: number,
): ReplacedBatch {
  const vocabularySize = logits.length / predictedRows.length;
  const key = hash(hash(seed, 0x72706c63), step);
  const ids = original.slice();
  predictedRows.forEach((place, i) => {
    const noise = hash(key, place);
    let [best, largest] = [0, -Infinity];
    for (let token = 0; token < vocabularySize; token++) {
      const uniform = (hash(noise, token) + 0.5) / 2 ** 32;
      const score = logits[i * vocabularySize + token]! - Math.log(-Math.log(uniform));
      if (score > largest) [best, largest] = [token, score];
    }
    ids[place] = best;
  });
  return { ids, labels: Int32Array.from(ids, (id, place) => Number(id !== original[place])) };
}
