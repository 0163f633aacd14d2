import { FileError } from "../base/index.js";
import { restoreOrder, sortedBatches } from "../data/batches.js";
import { leaves } from "../engine/index.js";
import { bitsPer, perplexity } from "../metrics/likelihood.js";
import { type Head, headOf } from "../models/index.js";
import { openModelTokenizer } from "./model-tokenizer.js";
import type { OpenModel } from "./open-model.js";
import { openModel } from "./open-model.js";
import type { ScoreOptions } from "./options-score.js";
import {
  type ScoredItem,
  type ScoringHead,
  scoringFeeds,
  scoringGraph,
  scoringItems,
} from "./scoring-items.js";
import { orClose, paddingIdOf, prepareUse, startLearner } from "./session.js";
import type { TextInput } from "./text-inputs.js";

/** How likely a model finds a text. */
export interface TextScore extends TextInput {
  /** The sum of the natural logarithms of its tokens' probabilities. */
  readonly logProbability: number;
  /** Tokens that were counted: all but the first, where the model has none to begin with. */
  readonly tokenCount: number;
  /** Bytes of UTF-8 of the text. */
  readonly byteCount: number;
  /** The inverse of the geometric mean of its tokens' probabilities. */
  readonly perplexity: number;
  readonly bitsPerByte: number;
}

/** A model that says how likely texts are. */
export interface TextScorer {
  readonly model: OpenModel;
  /** `causal-lm`: each token by those before it. `masked-lm`: each by all others. `sequence-to-sequence`: the pair by the text. */
  readonly head: ScoringHead;
  readonly runtime: string;
  score(texts: readonly (string | TextInput)[]): Promise<TextScore[]>;
  /** End the worker thread. */
  close(): Promise<void>;
}

/**
 * Load a model that says how likely texts are. Of a masked language model this is the pseudo-log-likelihood (Salazar et
 * al. 2020, https://arxiv.org/abs/1910.14659): each token is hidden in turn.
 *
 * ```ts
 * const scorer = await loadScorer("my-model");
 * const [right, wrong] = await scorer.score(["He is tall.", "He are tall."]);
 * await scorer.close();
 * ```
 */
export async function loadScorer(
  nameOrPath: string,
  options: Omit<Partial<ScoreOptions>, "model" | "texts" | "files"> = {},
): Promise<TextScorer> {
  const { revision, offline, batchSize = 8 } = options;
  const access = {
    ...(revision === undefined ? {} : { revision }),
    ...(offline === undefined ? {} : { offline }),
  };
  const model = await openModel(nameOrPath, access);
  const head = scoringHeadOf(model);
  const graph = scoringGraph(model.network, head);
  const parameters = leaves([...graph.values()], "parameter");
  const learner = startLearner(options, parameters);
  const [tokenizer, runtime] = await orClose(learner, [
    openModelTokenizer(model, { tokenizer: options.tokenizer ?? nameOrPath, ...access }),
    learner.describe(),
    prepareUse(learner, model, "score", graph),
  ]);
  return {
    ...{ model, head, runtime },
    async score(texts) {
      const inputs = texts.map((text) => (typeof text === "string" ? { text } : text));
      const items = await scoringItems(inputs, head, model, tokenizer);
      const lengths = items.map(({ ids }) => ids.length);
      const batches = sortedBatches(lengths, batchSize);
      const results: number[][] = [];
      for (const rows of batches) {
        const batch = Array.from(rows, (row) => items[row]!);
        const outputs = await learner.forward("score", scoringFeeds(batch, head, paddingIdOf(tokenizer)));
        results.push(sumsOf(batch, outputs.get("losses")!.data as Float32Array));
      }
      return collect(inputs, items, restoreOrder(batches, results));
    },
    close: () => learner.close(),
  };
}

/** The negative log-likelihoods of the counted tokens of each item. */
function sumsOf(batch: readonly ScoredItem[], losses: Float32Array): number[] {
  let next = 0;
  return batch.map(({ labels }) => {
    let sum = 0;
    for (let i = 0; i < labels.length; i++) sum += losses[next++]!;
    return sum;
  });
}

function collect(
  inputs: readonly TextInput[],
  items: readonly ScoredItem[],
  losses: readonly number[],
): TextScore[] {
  const sums = inputs.map(() => ({ loss: 0, tokenCount: 0 }));
  for (const [i, { text, labels }] of items.entries()) {
    sums[text]!.loss += losses[i]!;
    sums[text]!.tokenCount += labels.length;
  }
  return inputs.map((input, i) => {
    const { loss, tokenCount } = sums[i]!;
    const byteCount = new TextEncoder().encode(input.pair ?? input.text).length;
    return {
      ...input,
      logProbability: -loss,
      tokenCount,
      byteCount,
      ...measures(loss, tokenCount, byteCount),
    };
  });
}

function measures(
  loss: number,
  tokenCount: number,
  byteCount: number,
): Pick<TextScore, "perplexity" | "bitsPerByte"> {
  return {
    perplexity: tokenCount === 0 ? 1 : perplexity(loss, tokenCount),
    bitsPerByte: byteCount === 0 ? 0 : bitsPer(loss, byteCount),
  };
}

/** Perplexity and bits per byte of several texts together: long ones count for more. */
export function totalScore(
  scores: readonly TextScore[],
): Pick<TextScore, "logProbability" | "tokenCount" | "byteCount" | "perplexity" | "bitsPerByte"> {
  const sum = (of: (score: TextScore) => number): number =>
    scores.reduce((total, score) => total + of(score), 0);
  const [loss, tokenCount, byteCount] = [
    -sum(({ logProbability }) => logProbability),
    sum((score) => score.tokenCount),
    sum((score) => score.byteCount),
  ];
  return { logProbability: -loss, tokenCount, byteCount, ...measures(loss, tokenCount, byteCount) };
}

function scoringHeadOf({ architecture, config, configPath, network }: OpenModel): ScoringHead {
  const known: readonly ScoringHead[] = ["sequence-to-sequence", "causal-lm", "masked-lm"];
  const named: Head | undefined = headOf(architecture, config);
  const head = known.find((one) => one === named) ?? known.find((one) => architecture.classNames.has(one));
  if (head !== undefined) return head;
  throw new FileError(configPath, `expected a language model, got ${network.description}`, {
    hint: "take a model that has a language model's head",
  });
}
