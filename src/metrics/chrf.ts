import { checkPaired, ratio } from "./metric.js";
import { countNgrams, sharedCount, totalCount } from "./ngrams.js";
import { splitWords } from "./white-space.js";

export interface ChrfOptions {
  /** The longest n-gram of characters. Default 6. */
  readonly characterOrder?: number;
  /** The longest n-gram of words; 2 is chrF++. Default 0: none. */
  readonly wordOrder?: number;
  /** How many times as much recall counts as precision. Default 2. */
  readonly beta?: number;
  readonly lowerCase?: boolean;
}

/** Counts of one order: n-grams of the hypothesis, of the reference, of both. */
type Matches = readonly [hypothesis: number, reference: number, shared: number];

/**
 * chrF of a corpus (Popovic 2015, https://aclanthology.org/W15-3049), as sacrebleu computes it: the F-score of
 * n-grams of characters without white space, from 0 to 100. Of several references of a text the best counts.
 *
 * ```ts
 * chrf(["the cat sat"], [["the cat sat down"]]);
 * ```
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { characterOrder = 6, wordOrder = 0, beta = 2, lowerCase = false }: ChrfOptions = {},
): number {
  checkPaired("chrf", references, hypotheses);
  const ngrams = (text: string): Map<string, number>[] => {
    const cased = lowerCase ? text.toLowerCase() : text;
    const characters = [...splitWords(cased).join("")];
    const words = splitWords(cased).flatMap(withoutPunctuation);
    const counts = (pieces: readonly string[], orders: number): Map<string, number>[] =>
      Array.from({ length: orders }, (_, n) => countNgrams(pieces, n + 1));
    return [...counts(characters, characterOrder), ...counts(words, wordOrder)];
  };
  const matchesOf = (hypothesis: readonly Map<string, number>[], reference: string): Matches[] =>
    ngrams(reference).map((counts, n) => {
      const known = totalCount(counts);
      return [known === 0 ? 0 : totalCount(hypothesis[n]!), known, sharedCount(hypothesis[n]!, counts)];
    });
  const sums = Array.from(
    { length: characterOrder + wordOrder },
    () => [0, 0, 0] as [number, number, number],
  );
  hypotheses.forEach((hypothesis, i) => {
    const counts = ngrams(hypothesis);
    const candidates = references[i]!.map((reference) => matchesOf(counts, reference));
    const best = candidates.reduce((a, b) => (fScore(b, beta) > fScore(a, beta) ? b : a));
    for (const [n, matches] of best.entries())
      for (const [k, count] of matches.entries()) sums[n]![k]! += count;
  });
  return fScore(sums, beta);
}

/** The F-score of the mean precision and recall, over the orders that both sides have. */
function fScore(matches: readonly Matches[], beta: number): number {
  const orders = matches.filter(([hypothesis, reference]) => hypothesis > 0 && reference > 0);
  const meanOf = (share: (matches: Matches) => number): number =>
    ratio(
      orders.reduce((sum, order) => sum + share(order), 0),
      orders.length,
    );
  const precision = meanOf(([hypothesis, , shared]) => shared / hypothesis);
  const recall = meanOf(([, reference, shared]) => shared / reference);
  const factor = beta ** 2;
  return 100 * ratio((1 + factor) * precision * recall, factor * precision + recall);
}

const punctuation = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

/** A mark at the end or else in front of a word is a word of its own: `(hi)` is `(hi` and `)`, as sacrebleu has it. */
function withoutPunctuation(word: string): string[] {
  const characters = [...word];
  if (characters.length === 1) return [word];
  const [first, last] = [characters[0]!, characters.at(-1)!];
  if (punctuation.has(last)) return [characters.slice(0, -1).join(""), last];
  return punctuation.has(first) ? [first, characters.slice(1).join("")] : [word];
}
