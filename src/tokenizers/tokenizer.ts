import type { ChatMessage, ChatTemplateOptions } from "./chat.js";
import type { EncodeOptions, EncodeWordsOptions, Encoding } from "./encoding.js";

/** A special token and its id. */
export interface SpecialToken {
  readonly token: string;
  readonly id: number;
}

/** What special tokens are for, in the order in which they are usually numbered. */
export const specialRoles = ["pad", "unknown", "classification", "separator", "mask"] as const;
/** What a special token is for. */
export type SpecialRole = (typeof specialRoles)[number];

/** The files of a tokenizer by name: text, and the bytes of SentencePiece models. */
export type TokenizerFiles = ReadonlyMap<string, string | Uint8Array>;

/** Text to ids with spans, and back. */
export interface Tokenizer {
  /** Encode a text, or with `pair` two texts. */
  encode(text: string, options?: EncodeOptions): Encoding;
  /**
   * Encode a text that is already cut into words: `wordIds` then count these words, and spans lie within each
   * word.
   */
  encodeWords(words: readonly string[], options?: EncodeWordsOptions): Encoding;
  /** The text of ids, as far as the vocabulary can tell; ids outside the vocabulary are left out. */
  decode(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean }): string;
  /**
   * The text of a chat, in the form that the model was trained on. It has its special tokens already:
   *
   * ```ts
   * const prompt = tokenizer.applyChatTemplate([{ role: "user", content: "やあ" }], { addGenerationPrompt: true });
   * const { ids } = tokenizer.encode(prompt, { specialTokens: false });
   * ```
   */
  applyChatTemplate(messages: readonly ChatMessage[], options?: ChatTemplateOptions): string;
  /** All tokens, added ones included. */
  readonly vocabularySize: number;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** The special tokens, each undefined where the tokenizer has none. */
  readonly special: Readonly<Record<SpecialRole, SpecialToken | undefined>>;
  /** The id of what the vocabulary cannot spell; undefined where it can spell everything. */
  readonly unknownId: number | undefined;
  /** Whether an id is that of a special token, which stands for no text. */
  isSpecial(id: number): boolean;
  /**
   * What the other side of a translation is encoded with, the text that a model is to learn to write: this tokenizer
   * itself, but for those that name the language of a text, or have a vocabulary for each side. What a model has
   * written is decoded by either.
   */
  readonly target: Tokenizer;
  /** The most tokens the model was made for, if the tokenizer's files say. */
  readonly modelMaxLength: number | undefined;
  /** Add tokens that are to be found whole in the text. Returns how many the vocabulary did not have. */
  addTokens(tokens: readonly string[], options?: { special?: boolean }): number;
  /** The files from which the same tokenizer is read, by Python's transformers too. */
  toFiles(): TokenizerFiles;
}
