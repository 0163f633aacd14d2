// Tags of words as a whole (a linear-chain conditional random field, Lafferty et al. 2001,
// https://repository.upenn.edu/handle/20.500.14332/6188; over a BiLSTM Huang et al. 2015,
// https://arxiv.org/abs/1508.01991): how likely each tag is hangs on the tag before it.
import { float32, int64, type Tensor } from "../base/index.js";
import {
  gather,
  input,
  multiply,
  multiplyDimensions,
  negate,
  reshape,
  sizeAt,
  sum,
  type Value,
} from "../engine/index.js";
import type { ModelOutputs } from "../models/index.js";
import { type ChainNumbers, chainLogLikelihood, chainOutputs } from "../nn/index.js";

/** The words of a text that are tagged: the place of each in its row, rising, and its tag. */
export interface TaggedPlaces {
  readonly places: ArrayLike<number>;
  readonly tags: ArrayLike<number>;
}

const chainName = "tagChain";

/**
 * The negative log-likelihood of the tags of each text, for logits `[batch, sequence, tags]` and what `tagChainFeeds`
 * feeds; divided by the number of words, as torchcrf's `token_mean`. Parameters `tagChain`.
 */
export function tagChainLoss(outputs: ModelOutputs): Value {
  const logits = outputs.heads.get("logits")!;
  const [batch, sequence] = [sizeAt(logits, 0), sizeAt(logits, 1)];
  const rows = reshape(logits, [multiplyDimensions(batch, sequence), sizeAt(logits, 2)]);
  const ofWords = (name: string): Value => input(name, [batch, "words"], "int64");
  const scores = gather(rows, ofWords("wordPlaces")); // [batch, words, tags]
  const likelihood = chainLogLikelihood(scores, ofWords("wordTags"), ofWords("wordMask"), chainName);
  const loss = negate(multiply(likelihood, input("textWeights", [batch])));
  return reshape(sum(loss, [0]), []);
}

/** What the tags of a text are found with: the scores of its tokens, and the numbers of the chain. */
export function tagChainOutputs({ heads }: ModelOutputs): Map<string, Value> {
  const tagCount = sizeAt(heads.get("logits")!, 2) as number;
  const { start, transitions, end } = chainOutputs(chainName, tagCount);
  return new Map([...heads, ["chainStart", start], ["chainTransitions", transitions], ["chainEnd", end]]);
}

/** The numbers of a chain as they come out of a graph. */
export type ComputedChain = Readonly<Record<keyof ChainNumbers, Float32Array>>;

/** The numbers of the chain among what was computed of `tagChainOutputs`. */
export function chainNumbersOf(outputs: ReadonlyMap<string, Tensor>): ComputedChain {
  const numbers = (name: string): Float32Array => outputs.get(name)!.data as Float32Array;
  return {
    start: numbers("chainStart"),
    transitions: numbers("chainTransitions"),
    end: numbers("chainEnd"),
  };
}

/**
 * What a batch of texts, padded to `length`, feeds to the loss. `totalCount` is the number of tagged words in all
 * micro-batches of the step, so that the loss is the mean over them.
 */
export function tagChainFeeds(
  texts: readonly TaggedPlaces[],
  length: number,
  totalCount: number,
): Map<string, Tensor> {
  const wordCount = Math.max(1, ...texts.map(({ tags }) => tags.length)); // graphs have no empty arrays
  const shape = [texts.length, wordCount];
  const [places, tags, mask] = [0, 1, 2].map(() => new Int32Array(texts.length * wordCount)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (const [row, text] of texts.entries()) {
    const first = row * wordCount;
    for (let i = 0; i < text.tags.length; i++) places[first + i] = row * length + text.places[i]!;
    tags.set(text.tags, first);
    mask.fill(1, first, first + text.tags.length);
  }
  return new Map<string, Tensor>([
    ["wordPlaces", int64(shape, places)],
    ["wordTags", int64(shape, tags)],
    ["wordMask", int64(shape, mask)],
    [
      "textWeights",
      float32(
        [texts.length],
        texts.map((text) => (text.tags.length === 0 ? 0 : 1 / totalCount)),
      ),
    ],
  ]);
}
