/** Tokens as they grow, as far as what comes next depends on them. */
export interface TokenSequence {
  /** Everything so far, the prompt included, padding not. */
  readonly ids: readonly number[];
  /** How many of them were given. */
  readonly promptLength: number;
  /** What the encoder read; of a model without an encoder the prompt. */
  readonly source: readonly number[];
}
