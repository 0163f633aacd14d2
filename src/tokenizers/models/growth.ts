import type { Merge } from "./bpe-merges.js";

/** What a model is to know beside what it knows. */
export interface FurtherPieces {
  /** In the order of their ids. */
  readonly pieces: readonly string[];
  /** Which two pieces each of them was put together from, in the order in which that was learnt; none for single
   *  characters. Steps on the way to a piece may be no pieces themselves, unless `needsHalves`. */
  readonly merges: readonly Merge[];
}

/** A piece from a piece and one that follows it in a word: `play` and `##ing` are `playing`. */
export function joined(left: string, right: string, continuingPrefix: string): string {
  return left + (right.startsWith(continuingPrefix) ? right.slice(continuingPrefix.length) : right);
}
