// Permutation language modelling (XLNet, Yang et al. 2019, https://arxiv.org/abs/1906.08237): tokens of a row are guessed
// in a random order, by a second stream that knows their place but not them.
import { hash, Random } from "../../base/index.js";
import {
  type PermutedText,
  permutationLmFeeds,
  permutationLmInputs,
  permutationLmLoss,
  permutationLmTrials,
  permuteText,
} from "../../objectives/index.js";
import { guessCountOf } from "../guessed-outputs.js";
import { evaluateGuesses, type GuessedTokens, guessesOf, readGuesses } from "../hidden-tokens.js";
import { fingerprint } from "../masked-blocks.js";
import type { TaskItem } from "../task.js";
import type { Objective } from "./objective.js";
import { framed, specialCountOf, textFrame } from "./text-frame.js";

/** A row, and in which order what of it is guessed now. */
export interface PermutedRow extends TaskItem, PermutedText {
  readonly original: Int32Array;
}

export const permutationLm: Objective<PermutedRow, GuessedTokens> = {
  name: "permutation-lm",
  defaults: { maxLength: 128, batchSize: 32, learningRate: 5e-4 },
  heads: ["permutation-lm"],
  reads: ["maskRate"],
  open({ tokenizer, settings: { maskRate: rate = 1 / 6 }, rows: { maxLength } }) {
    const frame = textFrame(tokenizer, 1);
    const isSpecial = (id: number): boolean => tokenizer.isSpecial(id);
    return {
      head: "permutation-lm",
      labelCount: 0,
      description: `permutation-lm, ${Math.round(100 * rate)} % guessed`,
      primaryMetric: { name: "perplexity", greaterIsBetter: false },
      rowLength: maxLength - specialCountOf(frame),
      encode: (stretches) =>
        stretches.map(({ ids: text }, example) => {
          const { ids, typeIds } = framed(frame, [{ ids: text, words: new Int32Array(text.length) }]);
          const none = new Int32Array(0);
          return {
            example,
            original: ids,
            ...{ places: none, labels: none, ranks: new Int32Array(ids.length).fill(-1) },
            encoding: {
              ...{ ids, typeIds, truncatedCount: 0 },
              unknownCount: ids.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
            },
          };
        }),
      redraw: (items, seed, step) =>
        items.map((item) => {
          const random = new Random(hash(hash(seed, fingerprint(item.original)), step));
          return { ...item, ...permuteText(item.original, { isSpecial, rate }, random) };
        }),
      inputs: permutationLmInputs,
      loss: permutationLmLoss,
      evaluated: permutationLmTrials,
      weightOf: guessCountOf,
      targets: permutationLmFeeds,
      readOutputs: readGuesses,
      decide: (stretches, items, outputs) => guessesOf(stretches.length, items, outputs),
      evaluate: (_, predictions) => evaluateGuesses(predictions, "token_accuracy"),
    };
  },
};
