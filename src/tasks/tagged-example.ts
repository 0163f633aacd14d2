import type { TextSpan } from "../data/entity-spans.js";

/** A sentence whose words are known. */
export interface WordsExample {
  readonly kind: "words";
  readonly words: readonly string[];
  /** One a word; undefined in data without. */
  readonly tags: readonly string[] | undefined;
  readonly id: string | undefined;
  readonly place: string;
}

/** A raw text, whose words the tokenizer finds. */
export interface RawTextExample {
  readonly kind: "text";
  readonly text: string;
  /** In order and apart from one another; undefined in data without. */
  readonly entities: readonly TextSpan[] | undefined;
  readonly id: string | undefined;
  readonly place: string;
}

export type TaggedExample = WordsExample | RawTextExample;
