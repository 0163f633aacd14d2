import type { PrefixTrie } from "./prefix-trie.js";

/** What a unigram search needs to know of the pieces. */
export interface UnigramTable {
  /** The pieces that may be used, by their ids. */
  readonly trie: PrefixTrie;
  /** The log probability of each piece, by id. */
  readonly scores: Float64Array;
  /** What a character stands for that no piece spells, and at which score. */
  readonly unknownId: number;
  readonly unknownScore: number;
  /**
   * SentencePiece adds scores up in 32 bits, the `tokenizers` library in 64. Where two ways to cut a text are
   * nearly equal this decides between them.
   */
  readonly precision: "single" | "double";
}

/** An unknown character costs this much more than the least likely piece. */
export const unknownPenalty = 10;
