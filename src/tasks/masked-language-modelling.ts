// Running text, or texts by themselves: the model learns to guess what is hidden in them.
import { DataError } from "../base/index.js";
import { describeMasking, type GuessedTokens, hiddenTokens, maskingOf } from "./hidden-tokens.js";
import { languageModelling } from "./language-modelling.js";
import { canBeMasked, encodeMaskedBlocks, type MaskedItem } from "./masked-blocks.js";
import type { Problem, Task, TaskSettings } from "./task.js";
import type { RunningExample } from "./text-blocks.js";

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

function maskedProblem(settings: TaskSettings): Problem<RunningExample, MaskedItem, GuessedTokens> {
  return {
    ...hiddenTokens(maskingOf(settings)),
    labels: [],
    description: `masked-language-modelling, ${describeMasking(settings)}`,
    configFields: () => ({}),
    encode(examples, tokenizer, encoding) {
      if (tokenizer.special.mask === undefined)
        throw new DataError(
          "masked language modelling: expected a tokenizer with a mask token, got one without",
        );
      return encodeMaskedBlocks(examples, tokenizer, encoding);
    },
    notes: (_, items) => [
      {
        count: items.filter((item) => !canBeMasked(item)).length,
        what: "stretches of unknown tokens alone, from which nothing is learnt",
      },
    ],
    lengthsOf(examples, items) {
      const lengths = new Array<number>(examples.length).fill(0);
      for (const { example, original } of items) lengths[example]! += original.length;
      return lengths;
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
