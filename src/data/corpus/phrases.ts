// Phrases: words that stand together far more often than by chance, by the pointwise mutual information of all their
// words at once (PMI-Masking, Levine et al. 2021, https://arxiv.org/abs/2010.01825, section 3).
import { CountTable } from "./count-table.js";
import { emptyKey, extendedKey } from "./sequence-key.js";
import { documentBegins, sentenceBegins, type TokenCorpus, wordBegins } from "./token-corpus.js";

export interface PhraseOptions {
  /** The most words of a phrase. Default 5. */
  readonly longest?: number;
  /** How often a phrase must have come. Default 10. */
  readonly minCount?: number;
  /** Phrases are taken by falling information until they hold so large a share of all words. Default 0.5. */
  readonly coverage?: number;
  /** Bytes for the counts of each length. Default 256 MB. */
  readonly memory?: number;
  /** Told from time to time: tokens read, of how many in all passes. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The phrases of corpora. */
export interface PhraseSet {
  /** How many there are of two words, of three, ... */
  readonly counts: readonly number[];
  /** The share of all words that they hold; words in two phrases count twice. */
  readonly coverage: number;
  /** What had been counted so often at most when memory was full was forgotten, and perhaps more than once; 0: nothing. */
  readonly forgottenUpTo: number;
  /** How many words the longest phrase has that begins with word `at` of a text, each word given by its tokens; else 1. */
  lengthAt(words: readonly (readonly number[])[], at: number): number;
}

/** A text of 52-bit keys stands for its words. */
type Words = readonly number[];

/** Tokens that are read at once. */
const stretchLength = 1 << 16;

/** A text without sentences is cut after so many words; phrases across the cuts are not seen. */
const longestText = 10_000;

/**
 * Find the phrases of corpora: one pass for each length, in which only what is made of frequent parts is counted, and one
 * to weigh them. Phrases lie within a sentence. The information of words `w1 ... wn` is the least, over all ways to cut
 * them in parts, of `log p(w1 ... wn) - sum of log p(part)`, so that a frequent pair with any word beside it is none.
 */
export async function findPhrases(
  corpora: readonly TokenCorpus[],
  { longest = 5, minCount = 10, coverage = 0.5, memory = 2 ** 28, onProgress }: PhraseOptions = {},
): Promise<PhraseSet> {
  const total = (longest + 1) * corpora.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  let done = 0;
  const pass = async (visit: (words: Words) => void): Promise<void> => {
    for (const corpus of corpora)
      for (const { words, tokenCount } of sentencesOf(corpus)) {
        if (words.length > 0) visit(words);
        if (tokenCount === 0) continue;
        done += tokenCount;
        onProgress?.(done, total);
        await new Promise((resolve) => setTimeout(resolve)); // others are to have their turn
      }
  };

  const counts: Counts = { tables: [], totals: [] };
  for (let length = 1; length <= longest; length++) {
    const table = new CountTable(memory);
    let placeCount = 0;
    await pass((words) => {
      const levels = keysByLength(words, length);
      const [below, parts, keys] = [counts.tables[length - 2], levels[length - 2], levels[length - 1]!];
      placeCount += keys.length;
      // what is made of rare parts is rare itself, and need not be counted
      for (const [at, key] of keys.entries())
        if (below === undefined || (below.get(parts![at]!) > 0 && below.get(parts![at + 1]!) > 0))
          table.add(key);
    });
    table.forget(minCount);
    counts.tables.push(table);
    counts.totals.push(placeCount);
  }

  const weighed = new Map<number, Weighed>();
  await pass((words) => {
    const levels = keysByLength(words, longest);
    for (let length = 2; length <= longest; length++)
      for (const [at, key] of levels[length - 1]!.entries()) {
        const count = counts.tables[length - 1]!.get(key);
        if (count === 0 || weighed.has(key)) continue;
        weighed.set(key, { key, length, count, information: informationOf(levels, at, length, counts) });
      }
  });
  const wordCount = counts.totals[0]!;
  const phrases = takeBest([...weighed.values()], coverage * wordCount);
  const keys = new Set(phrases.map(({ key }) => key));
  const held = phrases.reduce((sum, { count, length }) => sum + count * length, 0);
  return {
    counts: Array.from(
      { length: longest - 1 },
      (_, i) => phrases.filter(({ length }) => length === i + 2).length,
    ),
    coverage: wordCount === 0 ? 0 : held / wordCount,
    forgottenUpTo: Math.max(...counts.tables.map(({ forgottenUpTo }) => forgottenUpTo)),
    lengthAt(words, at) {
      let [found, key] = [1, emptyKey];
      for (let length = 1; length <= Math.min(longest, words.length - at); length++) {
        key = joined(key, wordKey(words[at + length - 1]!));
        if (length > 1 && keys.has(key)) found = length;
      }
      return found;
    },
  };
}

/** How often words and phrases came, by their length less one, and how many places each length has. */
interface Counts {
  readonly tables: CountTable[];
  readonly totals: number[];
}

interface Weighed {
  readonly key: number;
  readonly length: number;
  readonly count: number;
  readonly information: number;
}

/** The phrases with the most information, above none, until they hold so many words. */
function takeBest(weighed: readonly Weighed[], wordCount: number): Weighed[] {
  const ranked = weighed
    .filter(({ information }) => information > 0)
    .sort((a, b) => b.information - a.information || a.key - b.key);
  const taken: Weighed[] = [];
  let held = 0;
  for (const phrase of ranked) {
    if (held >= wordCount) break;
    taken.push(phrase);
    held += phrase.count * phrase.length;
  }
  return taken;
}

/** The information of `length` words at a place together, in nats, against the likeliest way to cut them in parts. */
function informationOf(
  levels: readonly (readonly number[])[],
  at: number,
  length: number,
  { tables, totals }: Counts,
): number {
  const logarithm = (start: number, end: number): number => {
    const size = end - start;
    return Math.log(tables[size - 1]!.get(levels[size - 1]![at + start]!) / totals[size - 1]!);
  };
  const best = [0]; // of the first so many words, the likeliest cut; the whole is no cut
  for (let end = 1; end <= length; end++) {
    const starts = Array.from({ length: end }, (_, start) => start).slice(end === length ? 1 : 0);
    best.push(Math.max(...starts.map((start) => best[start]! + logarithm(start, end))));
  }
  return logarithm(0, length) - best.at(-1)!;
}

/** The keys of all stretches of one word, of two, ... and of `longest`, each by where it begins. */
function keysByLength(words: Words, longest: number): number[][] {
  const levels = [words.map((word) => joined(emptyKey, word))];
  for (let length = 2; length <= longest; length++) {
    const count = Math.max(0, words.length - length + 1);
    const shorter = levels.at(-1)!;
    levels.push(Array.from({ length: count }, (_, at) => joined(shorter[at]!, words[at + length - 1]!)));
  }
  return levels;
}

/** The words of a corpus, a sentence at a time; with each stretch that was read, how many tokens it had. */
function* sentencesOf(corpus: TokenCorpus): Generator<{ words: number[]; tokenCount: number }> {
  let words: number[] = [];
  let key = emptyKey;
  const endWord = (): void => {
    if (key !== emptyKey) words.push(key);
    key = emptyKey;
  };
  for (let start = 0; start < corpus.tokenCount; start += stretchLength) {
    const { ids, begins } = corpus.read(start, stretchLength);
    for (const [i, id] of ids.entries()) {
      const begun = begins[i]!;
      if ((begun & (wordBegins | sentenceBegins | documentBegins)) !== 0) endWord();
      if ((begun & (sentenceBegins | documentBegins)) !== 0 || words.length >= longestText) {
        yield { words, tokenCount: 0 };
        words = [];
      }
      key = extendedKey(key, id);
    }
    yield { words: [], tokenCount: ids.length };
  }
  endWord();
  yield { words, tokenCount: 0 };
}

/** The key of a word by its tokens. */
function wordKey(ids: readonly number[]): number {
  return ids.reduce(extendedKey, emptyKey);
}

/** The key of a phrase and one more word, by the word's key. */
function joined(key: number, word: number): number {
  return extendedKey(extendedKey(key, word >>> 0), Math.floor(word / 2 ** 32) + 1);
}
