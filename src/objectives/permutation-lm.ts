// Permutation language modelling (XLNet, Yang et al. 2019, https://arxiv.org/abs/1906.08237): the tokens of a text are
// guessed in a random order, each from those before it in that order.
import { int64, type Random, type Tensor } from "../base/index.js";
import {
  cast,
  equal,
  greater,
  input,
  multiply,
  range,
  reshape,
  scalar,
  subtract,
  type Value,
} from "../engine/index.js";
import { type ModelInputs, type ModelOutputs, modelInputs } from "../models/index.js";
import { type GuessedPlaces, guessedFeeds } from "./guessed-tokens.js";
import { labelLoss, labelTrials } from "./losses.js";

export interface PermutationOptions {
  /** Tokens that stand for no text are never to be guessed. */
  readonly isSpecial: (id: number) => boolean;
  /** Spans of 1 to this many tokens are guessed. Default 5. */
  readonly longestSpan?: number;
  /** The share of tokens that are guessed: one span in a stretch of its length by this. Default 1/6. */
  readonly rate?: number;
}

/** A text in a random order: what is guessed, and when. */
export interface PermutedText extends GuessedPlaces {
  /** The number in the order of each guessed token; -1 for the others, which everybody sees. */
  readonly ranks: Int32Array; // [length]
}

/**
 * Draw spans to be guessed and an order of all tokens, as transformers' collator for XLNet: tokens that are not guessed
 * are seen by all, a guessed one sees of the others those that come before it in the order. Each is guessed from its own
 * place. A text without any token that may be guessed gives none.
 */
export function permuteText(
  ids: Int32Array,
  { isSpecial, longestSpan = 5, rate = 1 / 6 }: PermutationOptions,
  random: Random,
): PermutedText {
  const guessed = new Set<number>();
  for (let start = 0; start < ids.length; ) {
    const span = 1 + random.integer(longestSpan);
    const stretch = Math.floor(span / rate);
    const first = start + random.integer(Math.max(1, stretch - span + 1));
    for (let place = first; place < Math.min(first + span, ids.length); place++)
      if (!isSpecial(ids[place]!)) guessed.add(place);
    start += stretch;
  }
  if (guessed.size === 0) {
    const open = [...ids.keys()].filter((place) => !isSpecial(ids[place]!));
    if (open.length > 0) guessed.add(open[random.integer(open.length)]!);
  }
  const order = random.permutation(ids.length);
  const places = Int32Array.from([...guessed].sort((a, b) => a - b));
  return {
    places,
    labels: places.map((place) => ids[place]!),
    ranks: Int32Array.from(ids, (_, place) => (guessed.has(place) ? order[place]! : -1)),
  };
}

/**
 * Inputs of a model that guesses in any order: the mask of what each token may see and the map of what is guessed are
 * made in the graph, from `ranks` `[batch, sequence]` and the guessed places `targets` `[batch, target]`, -1 for none.
 */
export function permutationLmInputs(): ModelInputs {
  const [ranks, targets] = [
    input("ranks", ["batch", "sequence"], "int64"),
    input("targets", ["batch", "target"], "int64"),
  ];
  const [queries, keys] = [
    reshape(ranks, ["batch", "sequence", 1]),
    reshape(ranks, ["batch", 1, "sequence"]),
  ];
  const isGuessed = cast(greater(cast(keys, "float32"), scalar(-1)), "float32");
  const comesBefore = cast(greater(cast(queries, "float32"), cast(keys, "float32")), "float32");
  const isTarget = equal(
    reshape(targets, ["batch", "target", 1]),
    reshape(range("sequence"), [1, 1, "sequence"]),
  );
  return {
    ...modelInputs("permutation-lm"),
    permutationMask: multiply(isGuessed, subtract(1, comesBefore)),
    targetMapping: cast(isTarget, "float32"),
    predictedRows: input("predictedRows", ["predicted"], "int64"),
  };
}

/** Cross-entropy of the guessed tokens, for a model built with the head `permutation-lm` on `permutationLmInputs`. */
export function permutationLmLoss(outputs: ModelOutputs): Value {
  return labelLoss(outputs.heads.get("logits")!, labels(), input("weights", ["predicted"]));
}

/** How each guessed token fared, as `labelTrials`. */
export function permutationLmTrials(outputs: ModelOutputs): ReadonlyMap<"losses" | "rights", Value> {
  return labelTrials(outputs.heads.get("logits")!, labels());
}

const labels = (): Value => input("labels", ["predicted"], "int64");

/**
 * What a batch of permuted texts, padded to `length`, feeds to the graph beside ids, mask and type ids. `totalCount` is
 * the number of guessed tokens in all micro-batches of the step.
 */
export function permutationLmFeeds(
  texts: readonly PermutedText[],
  length: number,
  totalCount: number,
): Map<string, Tensor> {
  const targetCount = Math.max(1, ...texts.map(({ places }) => places.length));
  const ranks = new Int32Array(texts.length * length).fill(-1);
  const targets = new Int32Array(texts.length * targetCount).fill(-1);
  for (const [row, text] of texts.entries()) {
    ranks.set(text.ranks, row * length);
    targets.set(text.places, row * targetCount);
  }
  const numbered = texts.map(({ labels: own }) => ({ places: own.map((_, i) => i), labels: own }));
  return new Map<string, Tensor>([
    ["ranks", int64([texts.length, length], ranks)],
    ["targets", int64([texts.length, targetCount], targets)],
    ...guessedFeeds(numbered, targetCount, totalCount),
  ]);
}
