// Permutation language modelling (XLNet, Yang et al. 2019, https://arxiv.org/abs/1906.08237): the tokens of a text are
// guessed in a random order, each from those before it in that order.
import { hash, int64, Random, type Tensor } from "../base/index.js";
import type { PaddedBatch } from "../tokenizers/index.js";

export interface PermutationOptions {
  /** Tokens that stand for no text are never to be guessed. */
  readonly isSpecial: (id: number) => boolean;
  /** Spans of 1 to this many tokens are guessed. Default 5. */
  readonly longestSpan?: number;
  /** The share of tokens that are guessed: one span in a stretch of its length by this. Default 1/6. */
  readonly rate?: number;
}

/** What a text in a random order feeds to a model with the head `permutation-lm`. */
export interface PermutedBatch {
  /** 1 where a token (query) may not see another (key). */
  readonly permutationMask: Tensor; // [size, length, length]
  /** 1 at the place of each guessed token; rows beyond a text's own are zero. */
  readonly targetMapping: Tensor; // [size, target, length]
  /** What stands at each guessed place. */
  readonly labels: Tensor; // [size, target]
  /** 1 where there is something to guess, else 0. */
  readonly counts: Tensor; // [size, target]
}

/**
 * Draw spans to be guessed and an order of all tokens, as transformers' collator for XLNet: tokens that are not guessed
 * are seen by all, a guessed one sees of the others those that come before it in the order.
 */
export function permuteTokens(
  { size, length, ids, mask }: Pick<PaddedBatch, "size" | "length" | "ids" | "mask">,
  { isSpecial, longestSpan = 5, rate = 1 / 6 }: PermutationOptions,
  seed: number,
  step: number,
): PermutedBatch {
  const key = hash(hash(seed, 0x7065726d), step);
  const isHidden = (row: number, column: number): boolean =>
    mask[row * length + column] === 0 || isSpecial(ids[row * length + column]!);
  const permutation = new Int32Array(size * length * length);
  const targets: number[][] = [];
  for (let row = 0; row < size; row++) {
    const random = new Random(hash(key, row));
    const guessed = new Set<number>();
    for (let start = 0; start < length; ) {
      const span = 1 + random.integer(longestSpan);
      const stretch = Math.floor(span / rate);
      const first = start + random.integer(Math.max(1, stretch - span + 1));
      for (let column = first; column < Math.min(first + span, length); column++)
        if (!isHidden(row, column)) guessed.add(column);
      start += stretch;
    }
    // tokens that are not guessed have no place in the order: they come first for everybody
    const order = random.permutation(length);
    const rank = (column: number): number => (guessed.has(column) ? order[column]! : -1);
    for (let query = 0; query < length; query++)
      for (let key = 0; key < length; key++) {
        const isLater = rank(key) >= 0 && rank(query) <= rank(key);
        permutation[(row * length + query) * length + key] = Number(isLater);
      }
    targets.push([...guessed].sort((a, b) => a - b));
  }
  const targetCount = Math.max(1, ...targets.map((places) => places.length));
  const mapping = new Int32Array(size * targetCount * length);
  const [labels, counts] = [new Int32Array(size * targetCount), new Int32Array(size * targetCount)];
  targets.forEach((places, row) => {
    places.forEach((column, i) => {
      const target = row * targetCount + i;
      mapping[target * length + column] = 1;
      labels[target] = ids[row * length + column]!;
      counts[target] = 1;
    });
  });
  return {
    permutationMask: int64([size, length, length], permutation),
    targetMapping: int64([size, targetCount, length], mapping),
    labels: int64([size, targetCount], labels),
    counts: int64([size, targetCount], counts),
  };
}
