// Pairs of stretches of text whose relation is to be told: next sentence (BERT, Devlin et al. 2018,
// https://arxiv.org/abs/1810.04805) and sentence order (ALBERT, Lan et al. 2019, https://arxiv.org/abs/1909.11942).
import { float32, int64, type Random, type Tensor } from "../base/index.js";
import { add, input, reshape, slice, tanh, type Value } from "../engine/index.js";
import { besidePrefix, type ModelOutputs } from "../models/index.js";
import { linear } from "../nn/index.js";
import { labelLoss, labelTrials } from "./losses.js";
import { hiddenLoss, hiddenTrials } from "./masked-lm.js";

/** A text, as far as it matters where it may be cut in two. */
export interface CuttableText {
  readonly length: number;
  /** Where a sentence begins that the text before it goes on with: sentences of one document lie on both sides. */
  readonly borders: readonly number[];
}

/** Tokens `start` to `end` of a text. */
export interface TokenRange {
  readonly start: number;
  readonly end: number;
}

/** Two stretches, the second of the same text or of a strange one, and how they stood. */
export interface SentencePair {
  readonly first: TokenRange;
  /** Empty where a text is left whole. */
  readonly second: TokenRange;
  readonly isStrange: boolean;
  /** 0 as it stood in a document, 1 not; undefined where that is not to be told. */
  readonly label: 0 | 1 | undefined;
}

/**
 * Draw a pair from a text. `strangeTo` gives the end of another text, from a sentence that is of another document than
 * the border where this text is cut, or undefined where there is none to be had.
 */
export type DrawPair = (
  text: CuttableText,
  strangeTo: (border: number) => TokenRange | undefined,
  options: PairOptions,
  random: Random,
) => SentencePair;

/** How long pairs become. */
export interface PairOptions {
  /** Tokens of both stretches together, without special tokens. */
  readonly maxLength: number;
  /** How many pairs are made for a random shorter length. Default 0.1, as in BERT. */
  readonly shortRate?: number;
}

/**
 * Next sentence: half of the pairs have as their second stretch a piece of another document. A text without a border, or
 * for which there is nothing strange, is not to be told: what is never the one answer teaches nothing but that.
 */
export const drawNextSentence: DrawPair = (text, strangeTo, options, random) => {
  const length = drawLength(options, random);
  const border = drawBorder(text, random);
  if (border === undefined) return wholeText(text, length, random);
  const [before, after] = halvesOf(text, border);
  const strange = strangeTo(border);
  if (strange === undefined)
    return { ...fitted(before, after, length, random), isStrange: false, label: undefined };
  const isStrange = random.uniform() < 0.5;
  const pair = fitted(before, isStrange ? strange : after, length, random);
  return { ...pair, isStrange, label: isStrange ? 1 : 0 };
};

/** Sentence order: half of the pairs are swapped. A text without a border is left whole and is not to be told. */
export const drawSentenceOrder: DrawPair = (text, _strangeTo, options, random) => {
  const length = drawLength(options, random);
  const border = drawBorder(text, random);
  if (border === undefined) return wholeText(text, length, random);
  const [before, after] = halvesOf(text, border);
  const isSwapped = random.uniform() < 0.5;
  const [first, second] = isSwapped ? [after, before] : [before, after];
  return { ...fitted(first, second, length, random), isStrange: false, label: isSwapped ? 1 : 0 };
};

function drawLength({ maxLength, shortRate = 0.1 }: PairOptions, random: Random): number {
  return random.uniform() < shortRate ? 2 + random.integer(maxLength - 1) : maxLength;
}

function drawBorder({ borders }: CuttableText, random: Random): number | undefined {
  return borders.length === 0 ? undefined : borders[random.integer(borders.length)];
}

/** What stands before a border and what from there on. */
function halvesOf({ length }: CuttableText, border: number): [before: TokenRange, after: TokenRange] {
  return [
    { start: 0, end: border },
    { start: border, end: length },
  ];
}

function wholeText(text: CuttableText, maxLength: number, random: Random): SentencePair {
  const pair = fitted(...halvesOf(text, text.length), maxLength, random);
  return { ...pair, isStrange: false, label: undefined };
}

/** Cut two stretches to a length: tokens go from the longer one, from the front or the back at random, as in BERT. */
function fitted(
  first: TokenRange,
  second: TokenRange,
  length: number,
  random: Random,
): Pick<SentencePair, "first" | "second"> {
  const sides: [{ start: number; end: number }, { start: number; end: number }] = [
    { ...first },
    { ...second },
  ];
  const sizeOf = ({ start, end }: TokenRange): number => end - start;
  while (sizeOf(sides[0]) + sizeOf(sides[1]) > length) {
    const longer = sizeOf(sides[0]) > sizeOf(sides[1]) ? sides[0] : sides[1];
    if (random.uniform() < 0.5) longer.start++;
    else longer.end--;
  }
  return { first: sides[0], second: sides[1] };
}

const prefix = `${besidePrefix}pairs.`;

/**
 * The head of pairs for a model that has none: BERT's, from the last hidden state of the first token. `lastHidden` is
 * `[batch, sequence, hidden]`, what comes out `[batch, 2]`. It is learnt beside the model.
 */
export function sentencePairLogits(lastHidden: Value, deviation = 0.02): Value {
  const [batch, , hiddenSize] = lastHidden.shape as [string, string, number];
  const first = reshape(slice(lastHidden, 1, 0, 1), [batch, hiddenSize]);
  const summary = tanh(linear(first, `${prefix}pooler`, hiddenSize, deviation));
  return linear(summary, `${prefix}relation`, 2, deviation);
}

/** Masked language modelling and the relation of pairs, for a model built with the head `pre-training` on `maskedLmInputs`;
 *  how much each counts is in the weights that are fed. */
export function sentencePairLoss(outputs: ModelOutputs): Value {
  const relation = labelLoss(relationOf(outputs), pairLabels(), input("pairWeights", ["batch"]));
  return add(hiddenLoss(outputs.heads.get("predictionLogits")!), relation);
}

/** How hidden tokens fared, as `maskedLmTrials`, and pairs: `pairLosses` and `pairRights`, both `[batch]`. */
export function sentencePairTrials(outputs: ModelOutputs): ReadonlyMap<string, Value> {
  const pairs = labelTrials(relationOf(outputs), pairLabels());
  return new Map([
    ...hiddenTrials(outputs.heads.get("predictionLogits")!),
    ["pairLosses", pairs.get("losses")!],
    ["pairRights", pairs.get("rights")!],
  ]);
}

const relationOf = (outputs: ModelOutputs): Value => outputs.heads.get("relationshipLogits")!; // [batch, 2]

const pairLabels = (): Value => input("pairLabels", ["batch"], "int64");

/**
 * The relations that a batch of pairs feeds to the graph. `totalCount` is the number of pairs that are told in all
 * micro-batches of the step, `share` what their mean counts beside that of the hidden tokens.
 */
export function sentencePairFeeds(
  labels: readonly SentencePair["label"][],
  totalCount: number,
  share: number,
): Map<string, Tensor> {
  const shape = [labels.length];
  return new Map<string, Tensor>([
    [
      "pairLabels",
      int64(
        shape,
        labels.map((label) => label ?? 0),
      ),
    ],
    [
      "pairWeights",
      float32(
        shape,
        labels.map((label) => (label === undefined ? 0 : share / totalCount)),
      ),
    ],
  ]);
}
