// A corpus as a model reads it: the tokens of all its documents one after the other, each knowing what begins with it.

/** What begins with a token: bits of `Stretch.begins`. */
export const wordBegins = 1;
export const sentenceBegins = 2;
export const documentBegins = 4;

/** Tokens that follow one another in a corpus, without special tokens; documents stand side by side. */
export interface Stretch {
  /** Where it begins in the corpus, in tokens. */
  readonly start: number;
  /** The number in the corpus, from 0, of the document that its first token is of: what is of one document is told by it. */
  readonly document: number;
  readonly ids: Int32Array; // [length]
  /** Of each token, what begins with it: a word, a sentence, a document. */
  readonly begins: Uint8Array; // [length]
}

/** A corpus that is made and can be read anywhere. */
export interface TokenCorpus {
  readonly tokenCount: number;
  readonly documentCount: number;
  /** The same for the same texts and tokenizer, in hexadecimal. */
  readonly digest: string;
  /** Tokens `start` to `start + length`, fewer where the corpus ends. */
  read(start: number, length: number): Stretch;
}

/** A corpus that knows where its documents begin, so that it can be divided between two of them. */
export interface DocumentCorpus extends TokenCorpus {
  /** Where a document begins, in tokens, for 0 to `documentCount`; the last is where the corpus ends. */
  documentStart(document: number): number;
}
