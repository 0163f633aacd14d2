// Prefix language modelling (T5, Raffel et al. 2019, https://arxiv.org/abs/1910.10683, section 3.2.3; its "LM
// adaptation", Lester et al. 2021, https://arxiv.org/abs/2104.08691): a text is cut in two at a random place. What comes
// before is read with attention to both sides, by an encoder or by a model that looks back otherwise (UniLM, Dong et al.
// 2019, https://arxiv.org/abs/1905.03197), and it is learnt how the text goes on.
import { DataError, int64, type Random, type Tensor } from "../base/index.js";
import { input } from "../engine/index.js";
import type { ModelInputs } from "../models/index.js";
import { causalLmInputs } from "./causal-lm.js";
import { type GuessedPlaces, guessedFeeds } from "./guessed-tokens.js";
import type { SourceAndTarget } from "./span-corruption.js";

/** Cut a text of ids without special tokens in two, each part with a token at least. */
export function cutPrefix(ids: ArrayLike<number>, random: Random): SourceAndTarget {
  if (ids.length < 2) throw new DataError("prefix language modelling: expected a text of at least 2 tokens");
  const cut = 1 + random.integer(ids.length - 1);
  const all = Int32Array.from(ids);
  return { source: all.slice(0, cut), target: all.slice(cut) };
}

/** A text of which a prefix is seen from both sides, and what comes behind it is foretold. */
export interface PrefixedText extends GuessedPlaces {
  readonly prefixLength: number;
}

/**
 * Of a text whose first tokens are a prefix, each token behind it foretold from those before: from the last of the prefix
 * on. `foretold([5, 6, 7, 8], 2)` has the places `[1, 2]` and the labels `[7, 8]`.
 */
export function foretoldBehind(ids: Int32Array, prefixLength: number): PrefixedText {
  const labels = ids.subarray(prefixLength);
  return { prefixLength, labels, places: labels.map((_, i) => prefixLength - 1 + i) };
}

/** Inputs of a model that looks back, but for the tokens of a prefix; the loss is `causalLmLoss`. */
export function prefixLmInputs(): ModelInputs {
  return { ...causalLmInputs(), prefixLengths: input("prefixLengths", ["batch"], "int64") };
}

/** What a batch of such texts, padded to `length`, feeds to the graph beside ids and mask. */
export function prefixLmFeeds(
  texts: readonly PrefixedText[],
  length: number,
  totalCount: number,
): Map<string, Tensor> {
  const lengths = texts.map(({ prefixLength }) => prefixLength);
  return new Map([
    ["prefixLengths", int64([texts.length], lengths)],
    ...guessedFeeds(texts, length, totalCount),
  ]);
}
