// Masked language modelling of spans with the span boundary objective (SpanBERT, Joshi et al. 2019,
// https://arxiv.org/abs/1907.10529): a hidden token is guessed from its own place, and once more from the tokens around
// its span. The head for that is learnt beside the model, and any encoder with word embeddings of BERT's kind can have it.
import { OptionError } from "../../base/index.js";
import { add, leaves, nameOf, type Value } from "../../engine/index.js";
import type { ModelOutputs, Network } from "../../models/index.js";
import {
  type BoundedToken,
  boundedTokens,
  spanBoundaryFeeds,
  spanBoundaryLogits,
  spanBoundaryLoss,
  spanBoundaryTrials,
} from "../../objectives/index.js";
import {
  describeMasking,
  evaluateGuesses,
  type GuessedTokens,
  hiddenTokens,
  readGuesses,
} from "../hidden-tokens.js";
import type { MaskedItem } from "../masked-blocks.js";
import { corpusMasking } from "./corpus-masking.js";
import { maskedLm } from "./masked-lm.js";
import type { Objective, ObjectiveSettings } from "./objective.js";

/** How hidden tokens were guessed, by themselves and from the boundaries of their spans. */
export interface BoundaryGuesses extends GuessedTokens {
  readonly boundary: GuessedTokens;
}

export const spanBoundary: Objective<MaskedItem, BoundaryGuesses> = {
  name: "span-boundary",
  defaults: { maxLength: 128, batchSize: 32, learningRate: 5e-4 },
  heads: ["masked-lm"],
  reads: ["maskRate", "masking"],
  open(context) {
    const settings: ObjectiveSettings = { masking: "span", ...context.settings };
    const rows = maskedLm.open({ ...context, settings });
    const { masking, preparation } = corpusMasking(settings);
    const hiding = hiddenTokens(masking);
    const bounded = (items: readonly MaskedItem[]): BoundedToken[][] =>
      items.map((item) => boundedTokens(item, item.original.length));
    return {
      ...hiding,
      ...preparation,
      description: `span-boundary, ${describeMasking(settings)}`,
      network: withSpanBoundary(context.network),
      beside: "the head of span boundaries",
      rowLength: rows.rowLength,
      encode: rows.encode,
      loss: (outputs) => add(hiding.loss(outputs, true), spanBoundaryLoss(boundaryOf(outputs))),
      evaluated: (outputs) => {
        const trials = spanBoundaryTrials(boundaryOf(outputs));
        return new Map<string, Value>([
          ...hiding.evaluated!(outputs),
          ["boundaryLosses", trials.get("losses")!],
          ["boundaryRights", trials.get("rights")!],
        ]);
      },
      furtherWeightsOf: (items) => [bounded(items).flat().length],
      targets: (items, length, totalWeight, [boundedCount = 0] = []) =>
        new Map([
          ...hiding.targets(items, length, totalWeight),
          ...spanBoundaryFeeds(bounded(items), length, Math.max(1, boundedCount)),
        ]),
      readOutputs(items, outputs) {
        const tokens = bounded(items).map((own) => ({ labels: Int32Array.from(own, ({ label }) => label) }));
        const boundary = new Map([
          ["losses", outputs.get("boundaryLosses")!],
          ["rights", outputs.get("boundaryRights")!],
        ]);
        const guesses = readGuesses(tokens, boundary);
        return hiding.readOutputs(items, outputs).map((own, i) => ({
          ...own,
          ...{ boundaryLosses: guesses[i]!["losses"]!, boundaryRights: guesses[i]!["rights"]! },
        }));
      },
      decide: (stretches, items, outputs) =>
        hiding.decide(stretches, items, outputs).map((guesses, i) => {
          const { boundaryLosses, boundaryRights } = outputs[i]!;
          const total = (numbers: Float32Array): number => numbers.reduce((a, b) => a + b, 0);
          return {
            ...guesses,
            boundary: {
              nats: total(boundaryLosses!),
              tokenCount: boundaryLosses!.length,
              rightCount: total(boundaryRights!),
            },
          };
        }),
      evaluate(_, predictions) {
        const told = evaluateGuesses(predictions, "masked_accuracy");
        const boundaries = predictions.map(({ boundary }) => boundary);
        if (boundaries.every(({ tokenCount }) => tokenCount === 0)) return told;
        const { perplexity, ...rest } = evaluateGuesses(boundaries, "boundary_accuracy").metrics;
        return { ...told, metrics: { ...told.metrics, ...rest, boundary_perplexity: perplexity! } };
      },
    };
  },
};

/** The model with a further output `boundaryLogits` `[bounded, vocabulary]`. */
function withSpanBoundary(network: Network): Network {
  return {
    ...network,
    build(...asked) {
      const outputs = network.build(...asked);
      const words = leaves([...outputs.heads.values()], "parameter").find(
        (value) => nameOf(value) === "embeddings.word.weight",
      );
      if (words === undefined)
        throw new OptionError(
          `span-boundary: expected a model with one table of word embeddings, got ${network.description}`,
        );
      const boundaryLogits = spanBoundaryLogits(outputs.lastHidden, words);
      return { ...outputs, heads: new Map([...outputs.heads, ["boundaryLogits", boundaryLogits]]) };
    },
  };
}

const boundaryOf = (outputs: ModelOutputs): Value => outputs.heads.get("boundaryLogits")!;
