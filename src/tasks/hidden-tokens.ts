import type { Tensor } from "../base/index.js";
import { perplexity } from "../metrics/index.js";
import {
  chooseSpans,
  chooseWords,
  type GuessedPlaces,
  guessedFeeds,
  maskedLmInputs,
  maskedLmLoss,
  maskedLmTrials,
} from "../objectives/index.js";
import { cutByItem, guessCountOf } from "./guessed-outputs.js";
import { type BlockMasking, type MaskedItem, maskBlock } from "./masked-blocks.js";
import type { Evaluation, ItemOutput, TaskItem, TaskSettings, TrainingProblem } from "./task.js";

/** How well the hidden tokens of a text were guessed. */
export interface GuessedTokens {
  /** The negative logarithm of their probability. */
  readonly nats: number;
  readonly tokenCount: number;
  /** How many of them were the likeliest. */
  readonly rightCount: number;
}

/** What is hidden together; the tokens of a span become masks, others or stay all alike (SpanBERT, section 3.1). */
const groups: Readonly<Record<NonNullable<TaskSettings["masking"]>, Omit<BlockMasking, "rate">>> = {
  token: {},
  word: { choose: chooseWords },
  span: { choose: chooseSpans, sharesFate: true },
};

/** How tokens are hidden by what a user says. */
export function maskingOf({
  masking = "token",
  maskRate = 0.15,
}: Pick<TaskSettings, "masking" | "maskRate">): BlockMasking {
  return { rate: maskRate, ...groups[masking] };
}

/** What guessing hidden tokens is, wherever the rows come from. */
export function hiddenTokens(
  hiding: BlockMasking,
): Omit<TrainingProblem<unknown, MaskedItem, GuessedTokens>, "description"> {
  return {
    head: "masked-lm",
    labelCount: 0,
    primaryMetric: { name: "perplexity", greaterIsBetter: false },
    redraw: (items, seed, step) => items.map((item) => maskBlock(item, hiding, seed, step)),
    inputs: maskedLmInputs,
    loss: maskedLmLoss,
    evaluated: maskedLmTrials,
    weightOf: guessCountOf,
    targets: guessedFeeds,
    readOutputs: readGuesses,
    decide: (examples, items, outputs) => guessesOf(examples.length, items, outputs),
    evaluate: (_, predictions) => evaluateGuesses(predictions, "masked_accuracy"),
  };
}

/** The losses and rights of each item, cut out of those of a batch, in which as many follow one another as it has labels. */
export function readGuesses(
  items: readonly Pick<GuessedPlaces, "labels">[],
  outputs: ReadonlyMap<string, Tensor>,
): ItemOutput[] {
  return cutByItem(items, outputs, ["losses", "rights"]);
}

/** How well tokens were guessed, all texts as one. */
export function evaluateGuesses(predictions: readonly GuessedTokens[], accuracyName: string): Evaluation {
  const { nats, tokenCount, rightCount } = totalGuesses(predictions);
  return {
    metrics: { perplexity: perplexity(nats, tokenCount), [accuracyName]: rightCount / tokenCount },
    classes: [],
    exampleCount: predictions.length,
  };
}

/** All texts as one. */
export function totalGuesses(predictions: readonly GuessedTokens[]): GuessedTokens {
  const total = (key: keyof GuessedTokens): number => predictions.reduce((sum, own) => sum + own[key], 0);
  return { nats: total("nats"), tokenCount: total("tokenCount"), rightCount: total("rightCount") };
}

/** How a masking is told to people: `15 % by token`. */
export function describeMasking({
  masking = "token",
  maskRate = 0.15,
}: {
  readonly masking?: string;
  readonly maskRate?: number;
}): string {
  return `${Math.round(100 * maskRate)} % by ${masking}`;
}

/** How well the tokens of each example were guessed, from what `readGuesses` gave for its items. */
export function guessesOf(
  exampleCount: number,
  items: readonly TaskItem[],
  outputs: readonly ItemOutput[],
): GuessedTokens[] {
  const sums = Array.from({ length: exampleCount }, () => ({ nats: 0, tokenCount: 0, rightCount: 0 }));
  for (const [i, { example }] of items.entries()) {
    const sum = sums[example]!;
    const { losses, rights } = outputs[i]! as { losses: Float32Array; rights: Float32Array };
    sum.nats += losses.reduce((a, b) => a + b, 0);
    sum.tokenCount += losses.length;
    sum.rightCount += rights.reduce((a, b) => a + b, 0);
  }
  return sums;
}
