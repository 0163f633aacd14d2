// Running text, or texts by themselves: the model learns to guess what is hidden in them.
import { DataError } from "../base/index.js";
import { perplexity } from "../metrics/index.js";
import {
  chooseSpans,
  chooseWords,
  guessedFeeds,
  maskedLmInputs,
  maskedLmLoss,
  maskedLmTrials,
} from "../objectives/index.js";
import { languageModelling } from "./language-modelling.js";
import {
  type BlockMasking,
  canBeMasked,
  encodeMaskedBlocks,
  type MaskedItem,
  maskBlock,
} from "./masked-blocks.js";
import type { ItemOutput, Problem, Task, TaskSettings } from "./task.js";
import type { RunningExample } from "./text-blocks.js";

/** How well the hidden tokens of a text were guessed. */
export interface GuessedTokens {
  /** The negative logarithm of their probability. */
  readonly nats: number;
  readonly tokenCount: number;
  /** How many of them were the likeliest. */
  readonly rightCount: number;
}

export const maskedLanguageModelling: Task<RunningExample, MaskedItem, GuessedTokens> = {
  name: "masked-language-modelling",
  defaults: {
    ...{ epochs: 3, learningRate: 5e-5, learningRateFromScratch: 5e-4, batchSize: 32, maxLength: 128 },
    overflow: "stride",
  },
  readExamples: languageModelling.readExamples,
  exampleOf: languageModelling.exampleOf,
  learn: (_, settings) => maskedProblem(settings),
  restore: (_, settings) => maskedProblem(settings),
};

const choosers = { token: undefined, word: chooseWords, span: chooseSpans } as const;

function maskedProblem({
  masking = "token",
  maskRate = 0.15,
}: TaskSettings): Problem<RunningExample, MaskedItem, GuessedTokens> {
  const hiding: BlockMasking = { rate: maskRate, choose: choosers[masking] };
  return {
    head: "masked-lm",
    labelCount: 0,
    labels: [],
    description: `masked-language-modelling, ${Math.round(100 * maskRate)} % by ${masking}`,
    primaryMetric: { name: "perplexity", greaterIsBetter: false },
    configFields: () => ({}),
    encode(examples, tokenizer, settings) {
      if (tokenizer.special.mask === undefined)
        throw new DataError(
          "masked language modelling: expected a tokenizer with a mask token, got one without",
        );
      return encodeMaskedBlocks(examples, tokenizer, settings);
    },
    notes: (_, items) => [
      {
        count: items.filter((item) => !canBeMasked(item)).length,
        what: "stretches of unknown tokens alone, from which nothing is learnt",
      },
    ],
    redraw: (items, seed, step) => items.map((item) => maskBlock(item, hiding, seed, step)),
    inputs: maskedLmInputs,
    loss: maskedLmLoss,
    evaluated: maskedLmTrials,
    weightOf: (items) => items.reduce((count, { labels }) => count + labels.length, 0),
    targets: guessedFeeds,
    lengthsOf(examples, items) {
      const lengths = new Array<number>(examples.length).fill(0);
      for (const { example, original } of items) lengths[example]! += original.length;
      return lengths;
    },
    readOutputs(items, outputs) {
      const [losses, rights] = ["losses", "rights"].map((name) => outputs.get(name)!.data as Float32Array);
      let start = 0;
      return items.map(({ labels }) => {
        const end = start + labels.length;
        const own = { losses: losses!.slice(start, end), rights: rights!.slice(start, end) };
        start = end;
        return own;
      });
    },
    decide: (examples, items, outputs) => guessesOf(examples.length, items, outputs),
    evaluate(_, predictions) {
      const total = (key: keyof GuessedTokens): number => predictions.reduce((sum, own) => sum + own[key], 0);
      const [nats, count] = [total("nats"), total("tokenCount")];
      return {
        metrics: {
          perplexity: perplexity(nats, count),
          masked_accuracy: total("rightCount") / count,
        },
        classes: [],
        exampleCount: predictions.length,
      };
    },
    describePrediction: ({ text }, { nats, tokenCount, rightCount }) => ({
      text,
      logLikelihood: -nats,
      hiddenTokens: tokenCount,
      rightTokens: rightCount,
    }),
    labelOf: () => undefined,
    textOf: ({ text, ends, place }) => (ends ? text : place), // a line of a text may well occur twice
  };
}

function guessesOf(
  exampleCount: number,
  items: readonly MaskedItem[],
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
