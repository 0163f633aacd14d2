import { OptionError } from "../../base/index.js";
import { wordPieceDecoder } from "../decoders/word-piece.js";
import { joined } from "../models/growth.js";
import { wordPiece } from "../models/word-piece.js";
import { bertNormalizer } from "../normalizers/bert.js";
import { bertPreTokenizer } from "../pre-tokenizers/bert.js";
import { bertSpecialTokens, type Trainer, type TrainProgress } from "./trainer.js";
import type { WordCounts } from "./word-counts.js";
import { Merger, type MergeScore } from "./word-piece-merges.js";
import { type AlphabetOptions, chooseAlphabet, countCharacters, spellWords } from "./word-piece-words.js";

/** What a WordPiece vocabulary is learnt by. */
export interface TrainWordPieceOptions extends AlphabetOptions {
  /** Tokens of the vocabulary, special ones and alphabet included. Default 30000. */
  vocabularySize?: number;
  /** Pairs that occur less often make no token. Default 0, as in Python's tokenizers. */
  minFrequency?: number;
  /** They come first, in this order. Default `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]`, `[MASK]`. */
  specialTokens?: readonly string[];
  /** Marks the tokens that continue a word. Default `##`. */
  continuingPrefix?: string;
  /**
   * Which pair makes the next token: the most frequent one, as in the published vocabularies, or the one that
   * is most frequent for how frequent its parts are. Default `frequency`.
   */
  score?: MergeScore;
  /** About how many bytes may be taken beside the words; with less, training takes longer. Default 2^28. */
  memoryLimit?: number;
  onProgress?: (progress: TrainProgress) => void;
}

/**
 * Learn a WordPiece vocabulary: special tokens, the alphabet, the alphabet within words, then tokens in the
 * order in which they were found. The same words give the same vocabulary, whatever their order.
 *
 * M. Schuster, K. Nakajima: Japanese and Korean voice search (ICASSP 2012) describe the likelihood form; the
 * frequency form is byte-pair encoding with marked continuations.
 */
export function trainWordPiece(words: WordCounts, options: TrainWordPieceOptions = {}): string[] {
  const { vocabularySize = 30_000, specialTokens = bertSpecialTokens, continuingPrefix = "##" } = options;
  const { score = "frequency", minFrequency = 0, memoryLimit = 2 ** 28, onProgress } = options;
  const characters = countCharacters(words);
  const alphabet = chooseAlphabet(characters.counts, options);
  const vocabulary: string[] = [];
  const ids = new Map<string, number>();
  const idOf = (token: string): number => {
    const known = ids.get(token);
    if (known !== undefined) return known;
    ids.set(token, vocabulary.length);
    return vocabulary.push(token) - 1;
  };
  for (const token of specialTokens) idOf(token);
  const firstOf = new Int32Array(characters.counts.length).fill(-1);
  const innerOf = new Int32Array(characters.counts.length).fill(-1);
  for (const codePoint of alphabet) firstOf[codePoint] = idOf(String.fromCodePoint(codePoint));
  for (const codePoint of alphabet) {
    if (characters.inner[codePoint] !== 1) continue;
    innerOf[codePoint] = idOf(continuingPrefix + String.fromCodePoint(codePoint));
  }
  checkVocabularySize(vocabularySize, vocabulary.length);
  const spelled = spellWords(words, characters, firstOf, innerOf, vocabularySize);
  // by likelihood rare pairs may be the best
  const kept = score === "frequency" ? { mergeCount: vocabularySize - vocabulary.length } : {};
  const merger = new Merger(spelled, { score, minFrequency, memoryLimit, ...kept });
  while (vocabulary.length < vocabularySize) {
    const best = merger.best();
    if (best === undefined) break;
    merger.merge(best, idOf(joined(vocabulary[best.left]!, vocabulary[best.right]!, continuingPrefix)));
    onProgress?.({ done: vocabulary.length, total: vocabularySize });
  }
  return vocabulary;
}

/** The special tokens and the alphabet must find room in a vocabulary. */
export function checkVocabularySize(size: number, needed: number): void {
  if (size >= needed) return;
  throw new OptionError(
    `vocabulary size: expected at least ${needed}, for the special tokens and every character, got ${size}`,
    { hint: "ask for more tokens, or keep only the most frequent characters (--alphabet-limit)" },
  );
}

/** WordPiece with BERT's steps. */
export const wordPieceTrainer: Trainer = {
  takes: [
    "alphabetLimit",
    "initialAlphabet",
    "lowercase",
    "memoryLimit",
    "minFrequency",
    "onProgress",
    "score",
    "separateIdeographs",
    "stripAccents",
  ],
  specialTokens: bertSpecialTokens,
  steps: (options) => ({
    normalizer: bertNormalizer(options),
    preTokenizer: bertPreTokenizer(),
    decoder: wordPieceDecoder(),
  }),
  train: (words, options) => wordPiece(trainWordPiece(words, options), {}, "vocabulary"),
};
