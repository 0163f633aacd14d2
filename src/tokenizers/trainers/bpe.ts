import type { Merge } from "../models/bpe-merges.js";
import { joined } from "../models/growth.js";
import { formsOf, type SymbolsByForm, spellByForm } from "./bpe-words.js";
import type { TrainProgress } from "./trainer.js";
import type { WordCounts } from "./word-counts.js";
import { checkVocabularySize } from "./word-piece.js";
import { Merger } from "./word-piece-merges.js";
import { type AlphabetOptions, chooseAlphabet, countCharacters } from "./word-piece-words.js";

/** What a BPE vocabulary is learnt by. */
export interface TrainBpeOptions extends AlphabetOptions {
  /** Tokens of the vocabulary, special ones and alphabet included. Default 30000. */
  vocabularySize?: number;
  /** Pairs that occur less often are not merged. Default 0, as in Python's tokenizers. */
  minFrequency?: number;
  /** They come first, in this order. Default: none. */
  specialTokens?: readonly string[];
  /** Marks the tokens that continue a word. Default: nothing does. */
  continuingPrefix?: string | undefined;
  /** Marks the tokens that end a word. Default: nothing does. */
  endOfWordSuffix?: string | undefined;
  /** Merged tokens are of fewer characters than this, marks not counted. Default: of any number. */
  maxTokenLength?: number | undefined;
  /** About how many bytes may be taken beside the words; with less, training takes longer. Default 2^28. */
  memoryLimit?: number;
  onProgress?: (progress: TrainProgress) => void;
}

/** What was learnt: the tokens by id, and the merges in their order. */
export interface TrainedBpe {
  readonly vocabulary: string[];
  readonly merges: Merge[];
}

/**
 * Learn a BPE vocabulary: special tokens, the alphabet in the order of its code points, its marked forms, then
 * a token for each merge. The most frequent pair is merged each time; of equal ones that whose left token is
 * older, then that whose right token is. The same words give the same vocabulary, whatever their order.
 */
export function trainBpe(words: WordCounts, options: TrainBpeOptions = {}): TrainedBpe {
  const { vocabularySize = 30_000, minFrequency = 0, specialTokens = [], memoryLimit = 2 ** 28 } = options;
  const { maxTokenLength = Number.POSITIVE_INFINITY } = options;
  const { continuingPrefix = "", endOfWordSuffix = "", onProgress } = options;
  const characters = countCharacters(words);
  const alphabet = chooseAlphabet(characters.counts, options);
  const vocabulary: string[] = [];
  const ids = new Map<string, number>();
  /** How many characters of a word each token stands for. */
  const lengths: number[] = [];
  const idOf = (token: string, length: number): number => {
    const known = ids.get(token);
    if (known !== undefined) return known;
    ids.set(token, vocabulary.length);
    lengths.push(length);
    return vocabulary.push(token) - 1;
  };
  for (const token of specialTokens) idOf(token, 1);
  for (const codePoint of alphabet) idOf(String.fromCodePoint(codePoint), 1);
  const marks = [continuingPrefix, endOfWordSuffix] as const;
  const symbols = markedSymbols(words, alphabet, characters.counts.length, marks, (token) => idOf(token, 1));
  checkVocabularySize(vocabularySize, vocabulary.length);
  const spelled = spellByForm(words, characters, symbols, vocabularySize);
  const isAllowed = (left: number, right: number): boolean => {
    const length = lengths[left]! + lengths[right]!;
    return length < maxTokenLength || length <= 2;
  };
  const limited = maxTokenLength === Number.POSITIVE_INFINITY ? {} : { isAllowed };
  const mergeCount = vocabularySize - vocabulary.length;
  const settings = { score: "frequency", minFrequency, mergeCount, memoryLimit } as const;
  const merger = new Merger(spelled, { ...settings, ...limited });
  const merges: Merge[] = [];
  const merged = new Set<string>();
  while (vocabulary.length < vocabularySize) {
    const best = merger.best();
    if (best === undefined) break;
    const [left, right] = [vocabulary[best.left]!, vocabulary[best.right]!];
    const length = lengths[best.left]! + lengths[best.right]!;
    merger.merge(best, idOf(joined(left, right, continuingPrefix), length));
    // where two pairs make the same token, a pair can come up again
    const key = `${best.left} ${best.right}`;
    if (!merged.has(key)) merges.push([left, right]);
    merged.add(key);
    onProgress?.({ done: vocabulary.length, total: vocabularySize });
  }
  return { vocabulary, merges };
}

/** The symbol of each code point in each form, of which those with marks are added to the vocabulary. */
function markedSymbols(
  words: WordCounts,
  alphabet: readonly number[],
  codePointCount: number,
  [prefix, suffix]: readonly [string, string],
  idOf: (token: string) => number,
): SymbolsByForm {
  const noSymbols = (): Int32Array => new Int32Array(codePointCount).fill(-1);
  if (prefix === "" && suffix === "") {
    const symbols = noSymbols();
    for (const codePoint of alphabet) symbols[codePoint] = idOf(String.fromCodePoint(codePoint));
    return [symbols, symbols, symbols, symbols];
  }
  const forms = formsOf(words);
  const symbols: SymbolsByForm = [noSymbols(), noSymbols(), noSymbols(), noSymbols()];
  symbols.forEach((ofForm, form) => {
    const [before, after] = [form & 1 ? prefix : "", form & 2 ? suffix : ""];
    for (const codePoint of alphabet)
      if ((forms[codePoint]! & (1 << form)) !== 0)
        ofForm[codePoint] = idOf(before + String.fromCodePoint(codePoint) + after);
  });
  return symbols;
}
