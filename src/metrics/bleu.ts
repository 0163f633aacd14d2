import { type WordSplitter, wordSplitters } from "./bleu-words.js";
import { checkPaired } from "./metric.js";
import { countNgrams, sharedCount, totalCount } from "./ngrams.js";

export interface BleuOptions {
  /** How lines are cut into words. Default `13a`. */
  readonly words?: WordSplitter;
  readonly lowerCase?: boolean;
  /** What stands in for a precision of 0: half of one hit, a quarter, ... (`exp`), a tenth of a hit (`floor`), one hit
   *  and one n-gram more (`add-k`), or 0. Default `exp`. */
  readonly smoothing?: "exp" | "floor" | "add-k" | "none";
  /** Leave out n-grams longer than every text: for single sentences. Default false. */
  readonly effectiveOrder?: boolean;
}

/** BLEU and what it is made of. */
export interface Bleu {
  /** From 0 to 100. */
  readonly score: number;
  /** Of n-grams of one word to four, in percent, smoothed. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly hypothesisLength: number;
  /** Of the reference of each text that is nearest in length. */
  readonly referenceLength: number;
}

const longest = 4;

/**
 * BLEU of a corpus (Papineni et al. 2002, https://aclanthology.org/P02-1040), as sacrebleu computes it: the geometric
 * mean of the precisions of n-grams up to four, times a penalty for texts shorter than their references.
 * `references` holds one or several texts for each hypothesis.
 *
 * ```ts
 * bleu(["the cat sat"], [["the cat sat down"]]).score;
 * ```
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): Bleu {
  const { words = wordSplitters["13a"], lowerCase = false } = options;
  checkPaired("bleu", references, hypotheses);
  const cut = (line: string): readonly string[] => words((lowerCase ? line.toLowerCase() : line).trimEnd());
  const correct = new Array<number>(longest).fill(0);
  const total = new Array<number>(longest).fill(0);
  let [hypothesisLength, referenceLength] = [0, 0];
  hypotheses.forEach((hypothesis, i) => {
    const pieces = cut(hypothesis);
    const known = references[i]!.map(cut);
    hypothesisLength += pieces.length;
    referenceLength += nearestLength(
      pieces.length,
      known.map(({ length }) => length),
    );
    for (let order = 1; order <= longest; order++) {
      const counts = countNgrams(pieces, order);
      correct[order - 1]! += sharedCount(counts, most(known.map((text) => countNgrams(text, order))));
      total[order - 1]! += totalCount(counts);
    }
  });
  return scoreOf({ correct, total, hypothesisLength, referenceLength }, options);
}

interface Statistics {
  readonly correct: readonly number[];
  readonly total: readonly number[];
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

function scoreOf(
  { correct, total, hypothesisLength, referenceLength }: Statistics,
  { smoothing = "exp", effectiveOrder = false }: BleuOptions,
): Bleu {
  const brevityPenalty =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength === 0
        ? 0
        : Math.exp(1 - referenceLength / hypothesisLength);
  const precisions = new Array<number>(longest).fill(0);
  const known = { precisions, brevityPenalty, hypothesisLength, referenceLength };
  if (correct.every((count) => count === 0)) return { score: 0, ...known };
  let order = effectiveOrder ? 0 : longest;
  let halving = 1;
  for (let n = 0; n < longest; n++) {
    const added = smoothing === "add-k" && n > 0 ? 1 : 0;
    const [hits, count] = [correct[n]! + added, total[n]! + added];
    if (count === 0) break;
    if (effectiveOrder) order = n + 1;
    if (hits > 0) precisions[n] = (100 * hits) / count;
    else if (smoothing === "exp") {
      halving *= 2;
      precisions[n] = 100 / (halving * count);
    } else if (smoothing === "floor") precisions[n] = 10 / count;
  }
  const used = precisions.slice(0, order);
  const meanLog = used.reduce((sum, precision) => sum + Math.log(precision), 0) / order;
  return { score: brevityPenalty * Math.exp(meanLog), ...known };
}

/** Of several lengths the one nearest to `length`, of equally near ones the smaller. */
function nearestLength(length: number, lengths: readonly number[]): number {
  return lengths.reduce((best, other) => {
    const [before, now] = [Math.abs(best - length), Math.abs(other - length)];
    return now < before || (now === before && other < best) ? other : best;
  });
}

/** For each n-gram the most that any of the references has. */
function most(references: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const reference of references)
    for (const [ngram, count] of reference) counts.set(ngram, Math.max(count, counts.get(ngram) ?? 0));
  return counts;
}
