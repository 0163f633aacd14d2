import { bitsPer, perplexity } from "../metrics/index.js";
import {
  causalLmInputs,
  causalLmLoss,
  causalLmLosses,
  type GuessedPlaces,
  guessedFeeds,
} from "../objectives/index.js";
import { cutByItem, guessCountOf } from "./guessed-outputs.js";
import type { Evaluation, TaskItem, TrainingProblem } from "./task.js";

/** How well a text was foretold. */
export interface TextLikelihood {
  /** The negative logarithm of the probability of its tokens. */
  readonly nats: number;
  readonly tokenCount: number;
  /** How much text these tokens stand for. */
  readonly byteCount: number;
  readonly characterCount: number;
}

/** What foretelling each token from those before it is, wherever the rows come from. */
export const foretoldTokens: Omit<
  TrainingProblem<unknown, TaskItem & GuessedPlaces, TextLikelihood>,
  "description" | "decide" | "redraw"
> = {
  head: "causal-lm",
  labelCount: 0,
  primaryMetric: { name: "perplexity", greaterIsBetter: false },
  inputs: causalLmInputs,
  loss: causalLmLoss,
  evaluated: (outputs) => new Map([["losses", causalLmLosses(outputs)]]),
  weightOf: guessCountOf,
  targets: guessedFeeds,
  readOutputs: (items, outputs) => cutByItem(items, outputs, ["losses"]),
  evaluate: (_, predictions) => evaluateLikelihoods(predictions),
};

/** All texts as one. */
function evaluateLikelihoods(predictions: readonly TextLikelihood[]): Evaluation {
  const total = (key: keyof TextLikelihood): number =>
    predictions.reduce((sum, prediction) => sum + prediction[key], 0);
  const nats = total("nats");
  return {
    metrics: {
      perplexity: perplexity(nats, total("tokenCount")),
      bits_per_byte: bitsPer(nats, total("byteCount")),
      bits_per_character: bitsPer(nats, total("characterCount")),
    },
    classes: [],
    exampleCount: predictions.length,
  };
}
