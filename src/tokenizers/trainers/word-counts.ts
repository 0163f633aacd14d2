/** The distinct words of a text and how often each occurs: what every trainer learns from. */
export interface WordCounts {
  /** How many distinct words there are. */
  readonly size: number;
  /**
   * Call `visit` once for each word, in an order that the same text and the same memory limit always give.
   * Counts are whole, up to 2^53.
   */
  forEach(visit: (word: string, count: number) => void): void;
  /** Forget the words, which are not visited again: what is learnt from a copy of them has more room. */
  release?(): void;
}
