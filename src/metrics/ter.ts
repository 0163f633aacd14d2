import type { WordSplitter } from "./bleu-words.js";
import { checkPaired, ratio } from "./metric.js";
import { splitWords } from "./white-space.js";

export interface TerOptions {
  /** How lines are cut into words. Default: at white space. */
  readonly words?: WordSplitter;
  /** Default true. */
  readonly lowerCase?: boolean;
}

/** TER and what it is made of. */
export interface Ter {
  /** Edits in percent of the reference's words: 0 where nothing is to be done, and without an upper limit. */
  readonly score: number;
  readonly editCount: number;
  /** Of several references of a text, the mean of their lengths. */
  readonly referenceLength: number;
}

// the limits of Tercom, whose numbers are everybody's; the last one is sacrebleu's
const longestShift = 10;
const farthestShift = 50;
const beamWidth = 25;
const mostShiftsTried = 1000;

/**
 * Translation edit rate of a corpus (Snover et al. 2006, https://aclanthology.org/2006.amta-papers.25), as sacrebleu
 * computes it after Tercom: how many words are to be inserted, left out, replaced or moved, several neighbours at once
 * counting as one move, until a text is its reference. Moves are found greedily. Of several references of a text the
 * one that takes the fewest edits counts.
 *
 * ```ts
 * ter(["sat the cat"], [["the cat sat"]]).editCount; // 1
 * ```
 */
export function ter(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { words = splitWords, lowerCase = true }: TerOptions = {},
): Ter {
  checkPaired("ter", references, hypotheses);
  const cut = (line: string): readonly string[] => words((lowerCase ? line.toLowerCase() : line).trimEnd());
  let [editCount, referenceLength] = [0, 0];
  hypotheses.forEach((hypothesis, i) => {
    const [own, known] = [cut(hypothesis), references[i]!.map(cut)];
    editCount += Math.min(...known.map((reference) => countEdits(own, reference)));
    referenceLength += known.reduce((sum, { length }) => sum + length, 0) / known.length;
  });
  const share = referenceLength === 0 ? Number(editCount > 0) : ratio(editCount, referenceLength);
  return { score: 100 * share, editCount, referenceLength };
}

/** Moves of words, and what is left to be inserted, left out and replaced. */
function countEdits(hypothesis: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return hypothesis.length;
  let words = hypothesis;
  let [moveCount, triedCount] = [0, 0];
  for (;;) {
    const { best, tried } = bestMove(words, reference, triedCount);
    triedCount = tried;
    if (triedCount >= mostShiftsTried || best === undefined || best.gain <= 0) break;
    words = best.words;
    moveCount++;
  }
  return moveCount + editPath(words, reference).distance;
}

/** Words moved to another place. */
interface Move {
  /** By how much the edit distance becomes less. */
  readonly gain: number;
  readonly length: number;
  readonly start: number;
  readonly target: number;
  readonly words: readonly string[];
}

/** The move that brings words nearest to the reference, of those worth a try; and how many have been tried by now. */
function bestMove(
  words: readonly string[],
  reference: readonly string[],
  triedBefore: number,
): { readonly best: Move | undefined; readonly tried: number } {
  const { distance, steps } = editPath(words, reference);
  const { places, isWrong, isMissed } = alignmentOf(steps);
  let best: Move | undefined;
  let tried = triedBefore;
  for (const { start, referenceStart, length } of commonRuns(words, reference)) {
    const isRight = !isWrong.slice(start, start + length).includes(true);
    const isThere = !isMissed.slice(referenceStart, referenceStart + length).includes(true);
    const place = places[referenceStart]!;
    const staysInside = start <= place && place < start + length;
    if (isRight || isThere || staysInside) continue;
    let before = -1;
    // in front of the first word of the run in the reference, or behind any word of it
    for (let offset = -1; offset < length; offset++) {
      const behind = referenceStart + offset;
      const target = behind === -1 ? 0 : places[behind]! + 1;
      if (target === before) continue;
      before = target;
      const moved = moveWords(words, start, length, target);
      const gain = distance - editPath(moved, reference).distance;
      const move = { gain, length, start, target, words: moved };
      tried++;
      if (best === undefined || isBetter(move, best)) best = move;
    }
    if (tried >= mostShiftsTried) break;
  }
  return { best, tried };
}

/** The greatest gain, then the longest run, then the one that stands first, then the target that does. */
function isBetter(move: Move, other: Move): boolean {
  const order = [
    move.gain - other.gain,
    move.length - other.length,
    other.start - move.start,
    other.target - move.target,
  ];
  return (order.find((difference) => difference !== 0) ?? 0) > 0;
}

/** `length` words from `start` on stand before `target`; counted without them if `target` is one of them. */
function moveWords(words: readonly string[], start: number, length: number, target: number): string[] {
  const run = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  const isBehind = target > start + length;
  return rest.toSpliced(isBehind ? target - length : target, 0, ...run);
}

interface CommonRun {
  readonly start: number;
  readonly referenceStart: number;
  readonly length: number;
}

/** Runs of words that both texts have, the longer after the shorter. */
function* commonRuns(words: readonly string[], reference: readonly string[]): Generator<CommonRun> {
  for (let start = 0; start < words.length; start++)
    for (let referenceStart = 0; referenceStart < reference.length; referenceStart++) {
      if (Math.abs(referenceStart - start) > farthestShift) continue;
      const limit = Math.min(longestShift, words.length - start, reference.length - referenceStart);
      for (let length = 1; length <= limit; length++) {
        if (words[start + length - 1] !== reference[referenceStart + length - 1]) break;
        yield { start, referenceStart, length };
      }
    }
}

/** What becomes of a word on the way to the reference. */
type Step = "keep" | "replace" | "leave out" | "insert";

/**
 * The cheapest way from words to the reference near the diagonal. Of equally cheap steps a word is kept or replaced
 * rather than left out, and left out rather than another inserted.
 */
function editPath(
  words: readonly string[],
  reference: readonly string[],
): { readonly distance: number; readonly steps: readonly Step[] } {
  const [height, width] = [words.length, reference.length + 1];
  const costs = new Float64Array((height + 1) * width).fill(Infinity);
  const taken: Step[] = new Array((height + 1) * width).fill("insert");
  for (let j = 0; j < width; j++) costs[j] = j;
  const slope = height === 0 ? 1 : reference.length / height;
  const reach = beamWidth < slope / 2 ? Math.ceil(slope / 2 + beamWidth) : beamWidth;
  for (let i = 1; i <= height; i++) {
    const diagonal = Math.floor(i * slope);
    const end = i === height ? width : Math.min(width, diagonal + reach);
    for (let j = Math.max(0, diagonal - reach); j < end; j++) {
      const [here, above] = [i * width + j, (i - 1) * width + j];
      const offer = (cost: number, step: Step): void => {
        if (cost < costs[here]!) [costs[here], taken[here]] = [cost, step];
      };
      if (j > 0) {
        const isSame = words[i - 1] === reference[j - 1];
        offer(costs[above - 1]! + Number(!isSame), isSame ? "keep" : "replace");
      }
      offer(costs[above]! + 1, "leave out");
      if (j > 0) offer(costs[here - 1]! + 1, "insert");
    }
  }
  const steps: Step[] = [];
  for (let [i, j] = [height, width - 1]; i > 0 || j > 0; ) {
    const step = taken[i * width + j]!;
    steps.push(step);
    if (step !== "insert") i--;
    if (step !== "leave out") j--;
  }
  return { distance: costs.at(-1)!, steps: steps.reverse() };
}

interface Alignment {
  /** For each word of the reference the last word that stands before or at its place; -1 for none. */
  readonly places: readonly number[];
  /** Words that are replaced or left out. */
  readonly isWrong: readonly boolean[];
  /** Words of the reference that another stands for, or none. */
  readonly isMissed: readonly boolean[];
}

function alignmentOf(steps: readonly Step[]): Alignment {
  const [places, isWrong, isMissed]: [number[], boolean[], boolean[]] = [[], [], []];
  for (const step of steps) {
    if (step !== "insert") isWrong.push(step !== "keep");
    if (step === "leave out") continue;
    places.push(isWrong.length - 1);
    isMissed.push(step !== "keep");
  }
  return { places, isWrong, isMissed };
}
