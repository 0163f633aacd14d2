import type { JsonObject } from "../../base/index.js";
import type { FurtherPieces } from "./growth.js";

/** Where a model writes the tokens it finds. */
export interface TokenSink {
  /**
   * A token that stands in units `start` to `end` of the normalised text; `spelling` where it is shown otherwise
   * than the vocabulary has it, as unknown text is by some models.
   */
  push(id: number, start: number, end: number, spelling?: string): void;
}

/** The third step: turns pieces into ids of its vocabulary. */
export interface Model {
  /** The token of each id. */
  readonly vocabulary: readonly string[];
  /** The token that stands for what the vocabulary cannot spell, if the model has one. */
  readonly unknownToken: string | undefined;
  tokenToId(token: string): number | undefined;
  /** Write the tokens of one piece, which reaches from `start` to `end` of `text` and is not empty. */
  tokenize(text: string, start: number, end: number, out: TokenSink): void;
  /** The step as tokenizer.json writes it. */
  toJson(): JsonObject;
  /** How it takes further pieces in, where it can. */
  readonly growth?: Growth;
  /** The model in the files of its own that it had before there was tokenizer.json, text by name. */
  files(): Map<string, string>;
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
