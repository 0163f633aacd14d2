// Pairs of stretches of text whose relation is to be told: next sentence (BERT, Devlin et al. 2018,
// https://arxiv.org/abs/1810.04805) and sentence order (ALBERT, Lan et al. 2019, https://arxiv.org/abs/1909.11942).
import { DataError, type Random } from "../base/index.js";

/** A document as the ids of its sentences. */
export type DocumentSentences = readonly (readonly number[])[];

/** Two stretches of text, and the class of their relation: 0 as it stood in a document, 1 not. */
export interface SentencePair {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly label: 0 | 1;
}

/** Make the pairs of a document; the others are there to take strange sentences from. */
export type MakePairs = (
  document: DocumentSentences,
  others: readonly DocumentSentences[],
  random: Random,
) => SentencePair[];

/** How long pairs become. */
export interface PairOptions {
  /** Tokens of both stretches together, without special tokens. */
  readonly maxLength: number;
  /** How many pairs are made for a random shorter length. Default 0.1, as in BERT. */
  readonly shortRate?: number;
}

/** Next sentence: half of the pairs have as their second stretch a piece of another document. */
export function nextSentencePairs(options: PairOptions): MakePairs {
  return (document, others, random) =>
    chunksOf(document, options, random).map(({ sentences, length }) => {
      const cut = sentences.length === 1 ? 1 : 1 + random.integer(sentences.length - 1);
      const first = sentences.slice(0, cut).flat();
      const isNext = cut < sentences.length && random.uniform() < 0.5;
      if (isNext) return fitted({ first, second: sentences.slice(cut).flat(), label: 0 }, length, random);
      const strange = others.filter(
        (other) => other !== document && other.some((sentence) => sentence.length > 0),
      );
      if (strange.length === 0)
        throw new DataError("next sentence: expected at least two documents, got one", {
          hint: "empty lines part documents; or learn the order of sentences instead",
        });
      const other = strange[random.integer(strange.length)]!;
      const start = random.integer(other.length);
      return fitted({ first, second: other.slice(start).flat(), label: 1 }, length, random);
    });
}

/** Sentence order: half of the pairs are swapped. Documents of one sentence give none. */
export function sentenceOrderPairs(options: PairOptions): MakePairs {
  return (document, _others, random) =>
    chunksOf(document, options, random)
      .filter(({ sentences }) => sentences.length > 1)
      .map(({ sentences, length }) => {
        const cut = 1 + random.integer(sentences.length - 1);
        const [a, b] = [sentences.slice(0, cut).flat(), sentences.slice(cut).flat()];
        const isSwapped = random.uniform() < 0.5;
        return fitted(
          { first: isSwapped ? b : a, second: isSwapped ? a : b, label: isSwapped ? 1 : 0 },
          length,
          random,
        );
      });
}

interface Chunk {
  readonly sentences: readonly (readonly number[])[];
  /** The length that the pair may have. */
  readonly length: number;
}

/** Sentences side by side, until they are as long as a pair may be. */
function chunksOf(
  document: DocumentSentences,
  { maxLength, shortRate = 0.1 }: PairOptions,
  random: Random,
): Chunk[] {
  const draw = (): number => (random.uniform() < shortRate ? 2 + random.integer(maxLength - 1) : maxLength);
  const chunks: Chunk[] = [];
  let [sentences, size, length]: [(readonly number[])[], number, number] = [[], 0, draw()];
  for (const sentence of document) {
    if (sentence.length === 0) continue;
    sentences.push(sentence);
    size += sentence.length;
    if (size < length) continue;
    chunks.push({ sentences, length });
    [sentences, size, length] = [[], 0, draw()];
  }
  if (sentences.length > 0) chunks.push({ sentences, length });
  return chunks;
}

/** Cut a pair to its length: tokens go from the longer side, from the front or the back at random, as in BERT. */
function fitted({ first, second, label }: SentencePair, length: number, random: Random): SentencePair {
  const sides: [number[], number[]] = [[...first], [...second]];
  while (sides[0].length + sides[1].length > length) {
    const longer = sides[0].length > sides[1].length ? sides[0] : sides[1];
    if (random.uniform() < 0.5) longer.shift();
    else longer.pop();
  }
  return { first: sides[0], second: sides[1], label };
}
