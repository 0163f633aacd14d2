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
export const chooseWords: ChooseMasked = (text, budget, random) => {
  const words = random.shuffle(wordsOf(text));
  const chosen: number[][] = [];
  let left = Math.max(1, budget);
  for (const word of words) {
    if (word.length > left && chosen.length > 0) continue;
    chosen.push(word);
    left -= word.length;
    if (left <= 0) break;
  }
  return chosen;
};

/** Spans are at most so many words long, and a length goes on to the next with this probability (SpanBERT, section 3.1). */
const longestSpan = 10;
const goesOn = 0.8;

/**
 * Span masking (SpanBERT, Joshi et al. 2019, https://arxiv.org/abs/1907.10529): spans whose length in words is drawn
 * from a geometric distribution with p = 0.2, at most 10, begin at random words, until the budget is used up.
 */
export const chooseSpans: ChooseMasked = (text, budget, random) => {
  const words = wordsOf(text);
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

/** The places of each word. */
function wordsOf({ places, words }: MaskableText): number[][] {
  const groups: number[][] = [];
  places.forEach((place, i) => {
    if (i > 0 && words[i] === words[i - 1]) groups.at(-1)!.push(place);
    else groups.push([place]);
  });
  return groups;
}
