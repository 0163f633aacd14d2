// Prefix language modelling (T5, Raffel et al. 2019, https://arxiv.org/abs/1910.10683, section 3.2.3; its "LM
// adaptation", Lester et al. 2021, https://arxiv.org/abs/2104.08691): a text is cut in two at a random place, the
// encoder reads what comes before with attention to both sides, and the decoder writes how it goes on.
import { DataError, type Random } from "../base/index.js";
import type { SourceAndTarget } from "./span-corruption.js";

/** Cut a text of ids without special tokens in two, each part with a token at least. */
export function cutPrefix(ids: ArrayLike<number>, random: Random): SourceAndTarget {
  if (ids.length < 2) throw new DataError("prefix language modelling: expected a text of at least 2 tokens");
  const cut = 1 + random.integer(ids.length - 1);
  const all = Int32Array.from(ids);
  return { source: all.slice(0, cut), target: all.slice(cut) };
}
