// Replaced-token detection (ELECTRA, Clark et al. 2020, https://arxiv.org/abs/2003.10555): a small generator fills in
// what is hidden, and the model tells for each token whether it was replaced.
import { argmax, float32, hash, type Tensor } from "../base/index.js";
import { add, input, type Value } from "../engine/index.js";
import type { ModelOutputs } from "../models/index.js";
import { binaryLoss } from "./losses.js";
import { hiddenLoss, hiddenTrials, type MaskedBatch } from "./masked-lm.js";

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
    const own = logits.subarray(i * vocabularySize, (i + 1) * vocabularySize);
    ids[place] = drawToken(own, hash(key, place));
  });
  return { ids, labels: Int32Array.from(ids, (id, place) => Number(id !== original[place])) };
}

/**
 * The token with the largest logit plus noise. Noise above 7 is rarer than one in a thousand: what needs more of it than
 * that to be the largest, and has not, is passed over before its logarithms are taken, which are most of the work.
 */
function drawToken(logits: Float32Array, noise: number): number {
  const often = 1 - 2 ** -10; // of a uniform number up to here the noise is below 10 log 2, which is below 7
  let best = argmax(logits);
  let largest = logits[best]! + gumbel((hash(noise, best) + 0.5) / 2 ** 32);
  for (let token = 0; token < logits.length; token++) {
    const uniform = (hash(noise, token) + 0.5) / 2 ** 32;
    const logit = logits[token]!;
    if (uniform <= often && logit + 7 <= largest) continue;
    const score = logit + gumbel(uniform);
    if (score > largest) [best, largest] = [token, score];
  }
  return best;
}

function gumbel(uniform: number): number {
  return -Math.log(-Math.log(uniform));
}

/**
 * Masked language modelling of the generator and the detection of what it replaced. The generator's scores are the output
 * `generatorLogits` `[predicted, vocabulary]`, those of the detection `logits` `[batch, sequence]`; how much each counts
 * is in the weights that are fed.
 */
export function replacedTokensLoss(outputs: ModelOutputs): Value {
  const scores = outputs.heads.get("logits")!;
  const [replaced, weights] = ["replaced", "replacedWeights"].map((name) => input(name, scores.shape));
  return add(hiddenLoss(outputs.heads.get("generatorLogits")!), binaryLoss(scores, replaced!, weights!));
}

/** How the generator's tokens fared, as `labelTrials`, and the scores of the detection `[batch, sequence]`. */
export function replacedTokensTrials(outputs: ModelOutputs): ReadonlyMap<string, Value> {
  return new Map([
    ...hiddenTrials(outputs.heads.get("generatorLogits")!),
    ["scores", outputs.heads.get("logits")!],
  ]);
}

/**
 * What texts with replaced tokens (1, else 0), padded to `length`, feed to the detection: each of their tokens counts
 * alike, special ones too, all together `share` over the `totalCount` tokens of the step.
 */
export function replacedTokensFeeds(
  texts: readonly Int32Array[],
  length: number,
  totalCount: number,
  share: number,
): Map<string, Tensor> {
  const shape = [texts.length, length];
  const [replaced, weights] = [
    new Float32Array(texts.length * length),
    new Float32Array(texts.length * length),
  ];
  for (const [row, text] of texts.entries()) {
    replaced.set(text, row * length);
    weights.fill(share / totalCount, row * length, row * length + text.length);
  }
  return new Map([
    ["replaced", float32(shape, replaced)],
    ["replacedWeights", float32(shape, weights)],
  ]);
}
