import type { Encoding } from "../tokenizers/index.js";
import { softmaxOf } from "./probabilities.js";

/** What the model gave for one window over a context. */
export interface ScoredWindow {
  readonly encoding: Encoding;
  readonly startLogits: Float32Array; // [sequence], at least as long as the encoding
  readonly endLogits: Float32Array; // [sequence]
}

/** A possible answer. `start` and `end` are indices of the context's string; both 0 for no answer. */
export interface FoundAnswer {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The sum of the start and end logits. */
  readonly logit: number;
  /** The probability among the answers found. */
  readonly score: number;
}

export interface FoundAnswers {
  /** The best first; where there may be no answer, that too. */
  readonly best: readonly FoundAnswer[];
  /** How much higher "no answer" scores than the best answer, in logits; undefined where it is not asked for. */
  readonly noAnswerScore: number | undefined;
}

/** The answer to a question, and the others that were found. */
export interface AnswerPrediction extends FoundAnswers {
  /** Undefined for "no answer". */
  readonly answer: FoundAnswer | undefined;
}

export interface AnswerSearchOptions {
  /** How many answers are kept, and how many starts and ends of a window are tried. */
  readonly bestCount: number;
  /** In tokens. */
  readonly maxAnswerLength: number;
  /** Whether there may be no answer. */
  readonly mayDecline: boolean;
}

/**
 * The best answers over the windows of a context, as Python's run_qa.py finds them: the likeliest starts with the
 * likeliest ends, in order, in the context and not too long; "no answer" scores what the first token scores in the
 * window that likes it least.
 */
export function findAnswers(
  context: string,
  windows: readonly ScoredWindow[],
  { bestCount, maxAnswerLength, mayDecline }: AnswerSearchOptions,
): FoundAnswers {
  const candidates: Candidate[] = [];
  let declined: Candidate = { start: 0, end: 0, logit: Number.POSITIVE_INFINITY };
  for (const { encoding, startLogits, endLogits } of windows) {
    const logit = startLogits[0]! + endLogits[0]!;
    if (logit < declined.logit) declined = { start: 0, end: 0, logit };
    const length = encoding.ids.length;
    const ends = largest(endLogits, length, bestCount);
    for (const first of largest(startLogits, length, bestCount)) {
      if (encoding.sequenceIds[first] !== 1) continue;
      for (const last of ends) {
        if (encoding.sequenceIds[last] !== 1 || last < first || last - first >= maxAnswerLength) continue;
        candidates.push({
          start: encoding.starts[first]!,
          end: encoding.ends[last]!,
          logit: startLogits[first]! + endLogits[last]!,
        });
      }
    }
  }
  if (mayDecline) candidates.push(declined);
  const best = candidates.sort((a, b) => b.logit - a.logit).slice(0, bestCount);
  if (mayDecline && !best.some(isDeclined)) best.push(declined);
  const scores = softmaxOf(best.map(({ logit }) => logit));
  const bestAnswer = best.find((candidate) => !isDeclined(candidate));
  return {
    best: best.map((candidate, i) => ({
      text: context.slice(candidate.start, candidate.end),
      ...candidate,
      score: scores[i]!,
    })),
    noAnswerScore: mayDecline ? declined.logit - (bestAnswer?.logit ?? 0) : undefined,
  };
}

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly logit: number;
}

function isDeclined({ start, end }: { start: number; end: number }): boolean {
  return start === 0 && end === 0;
}

/** The places of the largest of the first `length` values, the largest first. */
function largest(values: Float32Array, length: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  return order.sort((a, b) => values[b]! - values[a]!).subarray(0, count);
}
