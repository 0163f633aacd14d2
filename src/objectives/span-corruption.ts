// Span corruption (T5, Raffel et al. 2019, https://arxiv.org/abs/1910.10683, section 3.1.4): spans of a text are
// replaced by a sentinel each, and the model writes the sentinels with what they stand for.
import { DataError, type Random } from "../base/index.js";

export interface SpanCorruptionOptions {
  /** The id of the sentinel with this number, counted from 0; undefined where there are no more. */
  readonly sentinel: (number: number) => number | undefined;
  /** The share of tokens that are replaced. Default 0.15. */
  readonly rate?: number;
  /** The mean length of a span in tokens. Default 3. */
  readonly meanLength?: number;
}

/** What is read and what is to be written, without the special tokens that end them. */
export interface SourceAndTarget {
  readonly source: Int32Array;
  readonly target: Int32Array;
}

/**
 * Corrupt a text of ids without special tokens, as T5's `random_spans_noise_mask`: the numbers of replaced tokens and of
 * spans follow from the length, and both kinds of span are cut at random places. It begins with a span that stays.
 *
 * `corruptSpans([5, 6, 7, 8], ...)` may give the source `[5, <0>, 8]` and the target `[<0>, 6, 7]`.
 */
export function corruptSpans(
  ids: ArrayLike<number>,
  options: SpanCorruptionOptions,
  random: Random,
): SourceAndTarget {
  const { sentinel } = options;
  if (ids.length < 2) throw new DataError("span corruption: expected a text of at least 2 tokens");
  const { noiseCount, spanCount } = corruptionOf(ids.length, options);
  const noise = cutRandomly(noiseCount, spanCount, random);
  const kept = cutRandomly(ids.length - noiseCount, spanCount, random);
  const source: number[] = [];
  const target: number[] = [];
  let at = 0;
  for (let span = 0; span < spanCount; span++) {
    const mark = sentinel(span);
    if (mark === undefined)
      throw new DataError(`span corruption: expected a sentinel number ${span}, the tokenizer has none`, {
        hint: "shorten the texts, or take a tokenizer with more sentinels (<extra_id_0>, ...)",
      });
    for (let i = 0; i < kept[span]!; i++) source.push(ids[at++]!);
    source.push(mark);
    target.push(mark);
    for (let i = 0; i < noise[span]!; i++) target.push(ids[at++]!);
  }
  return { source: Int32Array.from(source), target: Int32Array.from(target) };
}

/** How many tokens of a text of this length are replaced, and in how many spans. */
export function corruptionOf(
  length: number,
  { rate = 0.15, meanLength = 3 }: Pick<SpanCorruptionOptions, "rate" | "meanLength">,
): { readonly noiseCount: number; readonly spanCount: number } {
  const noiseCount = Math.min(Math.max(Math.round(length * rate), 1), length - 1);
  const spanCount = Math.min(Math.round(noiseCount / meanLength), noiseCount, length - noiseCount);
  return { noiseCount, spanCount: Math.max(1, spanCount) };
}

/**
 * The longest text of which source and target are at most `maxLength` tokens with a token that ends each: 568 for 512 by
 * the defaults, as in T5.
 */
export function longestCorruptible(
  maxLength: number,
  options: Pick<SpanCorruptionOptions, "rate" | "meanLength">,
): number {
  const fits = (length: number): boolean => {
    const { noiseCount, spanCount } = corruptionOf(length, options);
    return Math.max(length - noiseCount, noiseCount) + spanCount + 1 <= maxLength;
  };
  let length = 2;
  while (fits(length + 1)) length++;
  return length;
}

/** Lengths of `count` spans, each at least 1, that add up to `total`; every division is equally likely. */
function cutRandomly(total: number, count: number, random: Random): number[] {
  const cuts = random.permutation(total - 1).subarray(0, count - 1);
  const places = [0, ...Array.from(cuts, (cut) => cut + 1).sort((a, b) => a - b), total];
  return places.slice(1).map((place, i) => place - places[i]!);
}
