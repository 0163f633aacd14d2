import type { Decoder } from "../decoders/decoder.js";
import type { Model } from "../models/model.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import type { PreTokenizer } from "../pre-tokenizers/pre-tokenizer.js";
import type { SpecialRole } from "../tokenizer.js";
import type { WordCounts } from "./word-counts.js";
import type { WordSample } from "./word-sample.js";

/** How texts are made equal before words are counted, and ever after. */
export interface SpellingOptions {
  /** Make letters lower-case. Default: WordPiece does, the others do not. */
  lowercase?: boolean;
  /** Strip accents. Default: where letters are made lower-case by WordPiece. */
  stripAccents?: boolean;
  /** WordPiece: make a word of each ideograph, as multilingual BERT does and Japanese ones do not. Default true. */
  separateIdeographs?: boolean;
}

/** What a model is learnt by; not every trainer knows every option. */
export interface TrainerOptions {
  /** Tokens of the vocabulary, special ones included. */
  vocabularySize?: number;
  /** What occurs less often makes no token. */
  minFrequency?: number;
  /** Special tokens, which come first, in this order; those of the trainer are always among them. */
  specialTokens?: readonly string[];
  /** The most characters to keep: the most frequent ones. */
  alphabetLimit?: number;
  /** Characters that belong to the vocabulary whether they occur or not. */
  initialAlphabet?: readonly string[];
  /** WordPiece: which pair makes the next token. */
  score?: "frequency" | "likelihood";
  /** Bytes that training may take beside the words themselves. */
  memoryLimit?: number;
  /** Unigram: the share of the text that the characters of the vocabulary make. */
  characterCoverage?: number;
  /** Unigram: the most characters of distinct words to learn from; of more a sample is drawn. Default 2^25. */
  sampleLimit?: number;
  /** Called where a sample was drawn. */
  onSample?: (sample: WordSample) => void;
  onProgress?: (progress: TrainProgress) => void;
}

/** How far a trainer has come. */
export interface TrainProgress {
  /** Tokens found. */
  readonly done: number;
  /** Tokens wanted. */
  readonly total: number;
}

/** The steps around a model. */
export interface SpellingSteps {
  readonly normalizer: Normalizer | undefined;
  readonly preTokenizer: PreTokenizer | undefined;
  readonly decoder: Decoder | undefined;
}

/** A kind of tokenizer that can be learnt from text. */
export interface Trainer {
  /** Options beyond the vocabulary's size and special tokens of which it takes notice. */
  readonly takes: readonly (keyof TrainerOptions | keyof SpellingOptions)[];
  /** The special tokens that its tokenizers have, in the order of their ids. */
  readonly specialTokens: readonly string[];
  /**
   * What they are for. With a classification and a separator token, texts stand between these. Default: what
   * those of BERT's special tokens are for that are among them.
   */
  readonly roles?: Readonly<Partial<Record<SpecialRole, string>>>;
  steps(options: SpellingOptions): SpellingSteps;
  train(words: WordCounts, options: TrainerOptions & { readonly specialTokens: readonly string[] }): Model;
}

/** The special tokens of BERT, in the order of its vocabularies. */
export const bertSpecialTokens: readonly string[] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
