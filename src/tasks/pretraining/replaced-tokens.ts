// Replaced-token detection (ELECTRA, Clark et al. 2020, https://arxiv.org/abs/2003.10555): a generator fills in hidden
// tokens, and the model tells of each token whether it is another than stood there. Each step goes twice through the
// generator: to hear its guesses, without dropout, and to learn.
import { hash, int64 } from "../../base/index.js";
import type { Network } from "../../models/index.js";
import {
  guessedFeeds,
  maskedLmInputs,
  replacedTokensFeeds,
  replacedTokensLoss,
  replacedTokensTrials,
  replaceTokens,
} from "../../objectives/index.js";
import {
  describeMasking,
  evaluateGuesses,
  type GuessedTokens,
  hiddenTokens,
  readGuesses,
} from "../hidden-tokens.js";
import { fingerprint, type MaskedItem } from "../masked-blocks.js";
import type { ItemOutput } from "../task.js";
import { corpusMasking } from "./corpus-masking.js";
import { newGenerator, withGenerator } from "./generator.js";
import { maskedLm } from "./masked-lm.js";
import type { Objective } from "./objective.js";

/** A row, how the generator reads it, and what of it the generator has replaced. */
export interface ReplacedRow extends MaskedItem {
  readonly hiddenIds: Int32Array; // [length]
  readonly replaced: Int32Array; // [length]
}

/** How the generator's tokens and the detection fared. */
export interface Detections extends GuessedTokens {
  readonly detectionNats: number;
  /** Tokens by whether they were replaced and whether they were called so. */
  readonly found: number;
  readonly missed: number;
  readonly blamed: number;
  readonly cleared: number;
}

export const replacedTokens: Objective<ReplacedRow, Detections> = {
  name: "replaced-tokens",
  defaults: { maxLength: 128, batchSize: 32, learningRate: 5e-4 },
  heads: ["replaced-tokens", "masked-lm"],
  families: ["electra"],
  reads: ["maskRate", "masking", "generatorShare", "detectionWeight"],
  open(context) {
    const { settings, network: model } = context;
    const { generatorShare: share = 0.25, detectionWeight = 50 } = settings;
    const rows = maskedLm.open(context);
    // as in ELECTRA's own code: the rest stays, since the generator is to read unhidden text too
    const { masking, preparation } = corpusMasking(settings);
    const hiding = hiddenTokens({ ...masking, maskShare: 0.85, randomShare: 0 });
    const generator = context.generator ?? newGenerator(model, share);
    const { network, companion } = withGenerator(model, generator);
    const tokensOf = (items: readonly ReplacedRow[]): number =>
      items.reduce((count, { original }) => count + original.length, 0);
    return {
      ...hiding,
      ...preparation,
      head: "replaced-tokens",
      description: `replaced-tokens, ${describeMasking(settings)}, ${describeGenerator(generator.network)}`,
      primaryMetric: { name: "loss", greaterIsBetter: false },
      network,
      companion,
      beside: "the generator",
      rowLength: rows.rowLength,
      encode: (stretches) =>
        rows.encode(stretches).map((row) => ({
          ...row,
          hiddenIds: row.original,
          replaced: new Int32Array(row.original.length),
        })),
      redraw: (items, seed, step) =>
        hiding.redraw!(items, seed, step).map((row) => ({
          ...row,
          hiddenIds: Int32Array.from(row.encoding.ids),
          replaced: new Int32Array(row.original.length),
          encoding: { ...row.encoding, ids: row.original },
        })),
      proposal: {
        outputs: (outputs) => new Map([["logits", outputs.heads.get("generatorLogits")!]]),
        answer(items, outputs, seed, step) {
          const { data, shape } = outputs.get("logits")!;
          const vocabularySize = shape[1]!;
          let start = 0;
          return items.map((row) => {
            const end = start + row.places.length * vocabularySize;
            const logits = (data as Float32Array).subarray(start, end);
            start = end;
            const key = hash(seed, fingerprint(row.original));
            const { ids, labels } = replaceTokens(
              row.original,
              { predictedRows: row.places },
              logits,
              key,
              step,
            );
            return { ...row, replaced: labels, encoding: { ...row.encoding, ids } };
          });
        },
      },
      inputs: maskedLmInputs,
      loss: replacedTokensLoss,
      evaluated: replacedTokensTrials,
      furtherWeightsOf: (items) => [tokensOf(items)],
      targets(items, length, totalWeight, [tokenCount = tokensOf(items)] = []) {
        const hiddenIds = new Int32Array(items.length * length);
        for (const [row, item] of items.entries()) hiddenIds.set(item.hiddenIds, row * length);
        const replaced = items.map((item) => item.replaced);
        return new Map([
          ["hiddenIds", int64([items.length, length], hiddenIds)],
          ...guessedFeeds(items, length, totalWeight),
          ...replacedTokensFeeds(replaced, length, tokenCount, detectionWeight),
        ]);
      },
      readOutputs(items, outputs) {
        const { data, shape } = outputs.get("scores")!;
        const length = shape[1]!;
        return readGuesses(items, outputs).map((guesses, row) => {
          const scores = (data as Float32Array).subarray(row * length);
          return { ...guesses, ...detection(items[row]!.replaced, scores) };
        });
      },
      decide: (stretches, items, outputs) =>
        hiding.decide(stretches, items, outputs).map((guesses, i) => {
          const { counts, detectionNats } = outputs[i]!;
          const [found = 0, missed = 0, blamed = 0, cleared = 0] = counts!;
          return { ...guesses, found, missed, blamed, cleared, detectionNats: detectionNats![0]! };
        }),
      evaluate(_, predictions) {
        const told = evaluateGuesses(predictions, "generator_accuracy");
        const total = (key: keyof Detections): number => predictions.reduce((sum, own) => sum + own[key], 0);
        const found = total("found");
        const replaced = found + total("missed");
        const called = found + total("blamed");
        const right = found + total("cleared");
        const count = replaced + total("blamed") + total("cleared");
        const { perplexity, ...metrics } = told.metrics;
        return {
          ...told,
          metrics: {
            detection_loss: total("detectionNats") / count,
            detection_accuracy: right / count,
            // of all tokens that were replaced, and of all that were called so; 0 where there were none
            detection_recall: found / Math.max(1, replaced),
            detection_precision: found / Math.max(1, called),
            replaced_rate: replaced / count,
            generator_perplexity: perplexity!,
            ...metrics,
          },
        };
      },
    };
  },
};

function describeGenerator({ layerCount, hiddenSize }: Network): string {
  return `generator of ${layerCount} layers x ${hiddenSize}`;
}

/** What scores of tokens say of those that were replaced (1) and of the others: how many were found, missed, blamed and
 *  cleared, and their loss. */
function detection(replaced: Int32Array, scores: Float32Array): ItemOutput {
  const counts = new Float32Array(4);
  let nats = 0;
  replaced.forEach((isReplaced, i) => {
    const score = scores[i]!;
    counts[2 * (1 - isReplaced) + Number(score <= 0)]!++;
    nats += Math.max(score, 0) - score * isReplaced + Math.log1p(Math.exp(-Math.abs(score)));
  });
  return { counts, detectionNats: Float32Array.of(nats) };
}
