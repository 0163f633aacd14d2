import type { Random } from "../base/index.js";

// Which tokens of a text are hidden together: tokens by themselves, whole words, or spans of words.

/** A text as a masking sees it. */
export interface MaskableText {
  /** Places of its tokens in the batch, in order, special tokens and padding left out. */
  readonly places: readonly number[];
  /** The word that each of these belongs to; tokens of one word stand side by side. */
  readonly words: readonly number[];
  /** The tokens themselves. */
  readonly ids: readonly number[];
}

/** Choose groups of places, some `budget` places in all, at least one group where there is a token. */
export type ChooseMasked = (
  text: MaskableText,
  budget: number,
  random: Random,
) => readonly (readonly number[])[];

/**
 * Whole-word masking (https://github.com/google-research/bert, May 2019; Cui et al. 2019,
 * https://arxiv.org/abs/1906.08101): the words of a text in random order, each with all its tokens, as long as they
 * fit in the budget. In Japanese the words are those of the morphological analysis.
 */
export const chooseWords: ChooseMasked = (text, budget, random) =>
  chooseUnits(
    wordsOf(text).map(({ places }) => places),
    budget,
    random,
  );

/** How many words, each given by its tokens, make a unit that begins with word `at`. */
export type UnitLength = (words: readonly (readonly number[])[], at: number) => number;

/**
 * Masking of phrases (PMI-Masking, Levine et al. 2021, https://arxiv.org/abs/2010.01825): words that `unitLength` takes
 * for one unit are hidden together, the longest from the left first, and other words whole. Words with something between
 * them that is not of the text are in no unit.
 */
export const choosePhrases =
  (unitLength: UnitLength): ChooseMasked =>
  (text, budget, random) => {
    const units: number[][] = [];
    for (const run of runsOf(wordsOf(text))) {
      const ids = run.map((word) => word.ids);
      for (let at = 0; at < run.length; ) {
        const end = at + unitLength(ids, at);
        units.push(run.slice(at, end).flatMap(({ places }) => places));
        at = end;
      }
    }
    return chooseUnits(units, budget, random);
  };

/** Units in random order, as long as they fit in the budget. */
function chooseUnits(units: number[][], budget: number, random: Random): number[][] {
  const chosen: number[][] = [];
  let left = Math.max(1, budget);
  for (const unit of random.shuffle(units)) {
    if (unit.length > left && chosen.length > 0) continue;
    chosen.push(unit);
    left -= unit.length;
    if (left <= 0) break;
  }
  return chosen;
}

/** Spans are at most so many words long, and a length goes on to the next with this probability (SpanBERT, section 3.1). */
const longestSpan = 10;
const goesOn = 0.8;

/**
 * Span masking (SpanBERT, Joshi et al. 2019, https://arxiv.org/abs/1907.10529): spans whose length in words is drawn
 * from a geometric distribution with p = 0.2, at most 10, begin at random words, until the budget is used up.
 */
export const chooseSpans: ChooseMasked = (text, budget, random) => {
  const words = wordsOf(text).map(({ places }) => places);
  const taken = new Array<boolean>(words.length).fill(false);
  const chosen: number[][] = [];
  let left = Math.max(1, budget);
  // a text that is nearly all chosen may have no free place for a span; it is given up after some tries
  for (let tries = 0; left > 0 && words.length > 0 && tries < 10 * words.length; tries++) {
    let length = 1;
    while (length < longestSpan && random.uniform() < goesOn) length++;
    const first = random.integer(words.length);
    const span: number[] = [];
    for (let word = first; word < Math.min(first + length, words.length) && !taken[word]; word++) {
      if (span.length > 0 && span.length + words[word]!.length > left) break;
      span.push(...words[word]!);
      taken[word] = true;
    }
    if (span.length === 0) continue;
    chosen.push(span);
    left -= span.length;
  }
  return chosen;
};

interface PlacedWord {
  readonly places: number[];
  readonly ids: number[];
}

/** The words of a text. */
function wordsOf({ places, words, ids }: MaskableText): PlacedWord[] {
  const groups: PlacedWord[] = [];
  places.forEach((place, i) => {
    if (i === 0 || words[i] !== words[i - 1]) groups.push({ places: [], ids: [] });
    groups.at(-1)!.places.push(place);
    groups.at(-1)!.ids.push(ids[i]!);
  });
  return groups;
}

/** Words that stand side by side. */
function runsOf(words: readonly PlacedWord[]): PlacedWord[][] {
  const runs: PlacedWord[][] = [];
  for (const word of words) {
    const last = runs.at(-1)?.at(-1)?.places.at(-1);
    if (last === undefined || last + 1 !== word.places[0]) runs.push([]);
    runs.at(-1)!.push(word);
  }
  return runs;
}
