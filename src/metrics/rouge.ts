import type { WordSplitter } from "./bleu-words.js";
import { checkPaired, ratio } from "./metric.js";
import { countNgrams, sharedCount, totalCount } from "./ngrams.js";
import { stemWord } from "./porter-stemmer.js";

/** ROUGE-N over n-grams, ROUGE-L over the longest common subsequence, and that sentence by sentence (one a line). */
export type RougeKind = "rouge1" | "rouge2" | "rouge3" | "rougeL" | "rougeLsum";

export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface RougeOptions {
  /** Compare stems of English words (Porter's). Default false. */
  readonly stems?: boolean;
  /** How lines are cut into words. Default: lower case, letters a to z and digits only, as Python's rouge_score; for
   *  other scripts give another. */
  readonly words?: WordSplitter;
}

/**
 * ROUGE of one text (Lin 2004, https://aclanthology.org/W04-1013), as Python's rouge_score computes it.
 *
 * ```ts
 * rouge("the cat was found", "the cat was under the bed").rouge2.f1;
 * ```
 */
export function rouge(
  prediction: string,
  reference: string,
  { stems = false, words = stems ? stemmedWords : plainWords }: RougeOptions = {},
): Record<RougeKind, RougeScore> {
  const [predicted, expected] = [words(prediction), words(reference)];
  const ofNgrams = (order: number): RougeScore => {
    const [ours, theirs] = [countNgrams(predicted, order), countNgrams(expected, order)];
    return scoreOf(sharedCount(ours, theirs), totalCount(ours), totalCount(theirs));
  };
  const sentences = (text: string): (readonly string[])[] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map(words);
  return {
    rouge1: ofNgrams(1),
    rouge2: ofNgrams(2),
    rouge3: ofNgrams(3),
    rougeL: scoreOf(commonPlaces(expected, predicted).length, predicted.length, expected.length),
    rougeLsum: summaryScore(sentences(prediction), sentences(reference)),
  };
}

/** The mean F1 of a corpus for each kind; of several references of a text the best counts. */
export function meanRouge(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  options: RougeOptions = {},
): Record<RougeKind, number> {
  checkPaired("rouge", references, predictions);
  const all = predictions.map((prediction, i) =>
    references[i]!.map((reference) => rouge(prediction, reference, options)),
  );
  const mean = (kind: RougeKind): number =>
    all.reduce((sum, scores) => sum + Math.max(...scores.map((score) => score[kind].f1)), 0) / all.length;
  return {
    rouge1: mean("rouge1"),
    rouge2: mean("rouge2"),
    rouge3: mean("rouge3"),
    rougeL: mean("rougeL"),
    rougeLsum: mean("rougeLsum"),
  };
}

function plainWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function stemmedWords(text: string): string[] {
  return plainWords(text).map((word) => (word.length > 3 ? stemWord(word) : word));
}

function scoreOf(hits: number, predictedCount: number, expectedCount: number): RougeScore {
  const [precision, recall] = [ratio(hits, predictedCount), ratio(hits, expectedCount)];
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall) };
}

/**
 * For each sentence of the reference, the words that some sentence of the prediction has in the same order. No word
 * counts more often than it occurs on either side.
 */
function summaryScore(
  predicted: readonly (readonly string[])[],
  expected: readonly (readonly string[])[],
): RougeScore {
  const left = [predicted, expected].map((sentences) => countNgrams(sentences.flat(), 1));
  let hits = 0;
  for (const sentence of expected) {
    const places = new Set(predicted.flatMap((other) => commonPlaces(sentence, other)));
    for (const place of [...places].sort((a, b) => a - b)) {
      const word = sentence[place]!;
      const counts = left.map((side) => side.get(word) ?? 0);
      if (!counts.every((count) => count > 0)) continue;
      hits++;
      for (const [i, side] of left.entries()) side.set(word, counts[i]! - 1);
    }
  }
  return scoreOf(hits, predicted.flat().length, expected.flat().length);
}

/** The places in `a` of a longest common subsequence with `b`. */
function commonPlaces(a: readonly string[], b: readonly string[]): number[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width); // of the longest within the first i and j words
  const at = (i: number, j: number): number => lengths[i * width + j]!;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      lengths[i * width + j] =
        a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
  const places: number[] = [];
  let [i, j] = [a.length, b.length];
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      places.push(i - 1);
      i--;
      j--;
    } else if (at(i, j - 1) > at(i - 1, j)) j--;
    else i--;
  }
  return places.reverse();
}
