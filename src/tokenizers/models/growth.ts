import type { Merge } from "./bpe-merges.js";
import type { Model } from "./model.js";

/** What a model is to know beside what it knows. */
export interface FurtherPieces {
  /** In the order of their ids. */
  readonly pieces: readonly string[];
  /** Which two pieces each of them was put together from, in the order in which that was learnt; none for single
   *  characters. Steps on the way to a piece may be no pieces themselves, unless `needsHalves`. */
  readonly merges: readonly Merge[];
}

/** How a model takes further pieces in. */
export interface Growth {
  /** What marks a piece that continues a word: `##`, or nothing. */
  readonly continuingPrefix: string;
  /** What marks a piece that ends a word: `</w>`, or nothing. */
  readonly endOfWordSuffix: string;
  /** Whether a piece is reached only by way of both its halves. */
  readonly needsHalves: boolean;
  /**
   * The same model with further pieces. Their ids follow those of the vocabulary and of `between`, which names tokens
   * that have ids behind it already. A text in which none of them occurs is cut as before.
   */
  extend(further: FurtherPieces, between: readonly string[]): Model;
}

/** A piece from a piece and one that follows it in a word: `play` and `##ing` are `playing`. */
export function joined(left: string, right: string, continuingPrefix: string): string {
  return left + (right.startsWith(continuingPrefix) ? right.slice(continuingPrefix.length) : right);
}
