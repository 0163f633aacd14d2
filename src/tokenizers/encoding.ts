/**
 * A text as a model reads it. All arrays have one entry for each token. Spans count UTF-16 units, as
 * JavaScript strings do, in the raw text of the token's own sequence.
 */
export interface Encoding {
  readonly ids: Int32Array;
  /** 0 for the first text and 1 for the second, in BERT's form. */
  readonly typeIds: Int32Array;
  readonly tokens: readonly string[];
  /** Where in its raw text a token begins and ends; 0 and 0 for special tokens put around the texts. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /**
   * Which word of its text a token belongs to; for `encodeWords`, which of the given words; -1 for special
   * tokens.
   */
  readonly wordIds: Int32Array;
  /** 0 for tokens of the first text, 1 for the second, -1 for special tokens. */
  readonly sequenceIds: Int32Array;
  /** Tokens of the texts that did not fit, neither here nor in `overflow`; 0 where nothing was lost. */
  readonly truncatedCount: number;
  /** Tokens here whose id is that of the unknown token. */
  readonly unknownCount: number;
  /** The further windows over a text that did not fit, where a `stride` was asked for. */
  readonly overflow: readonly Encoding[];
}

/** Which text gives up tokens when both do not fit. */
export type Truncation = "longest-first" | "only-first" | "only-second" | "none";

/** How a text is cut to length and framed. */
export interface EncodeWordsOptions {
  /** The most tokens an encoding may have, special tokens included. Left out: any number. */
  maxLength?: number;
  /** Which text gives up tokens, or `none` to take no notice of `maxLength`. Default `longest-first`. */
  truncation?: Truncation;
  /** Which end of a text is cut off. Default `right`. */
  truncationSide?: "right" | "left";
  /** Give what did not fit as further windows, each sharing this many tokens with the one before. */
  stride?: number;
  /** Put special tokens around the texts. Default true. */
  specialTokens?: boolean;
}

/** How a text, or two, are encoded. */
export interface EncodeOptions extends EncodeWordsOptions {
  /** A second text, encoded together with the first. */
  pair?: string;
}
