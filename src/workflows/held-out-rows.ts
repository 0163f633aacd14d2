import type { Stretch, TokenCorpus } from "../data/corpus/token-corpus.js";

/**
 * The rows that a model is tried on: whole stretches of held-out text, at most `limit` of them, spread evenly over all
 * there is; of a text too short for one, all of it. `total` is how many there are.
 */
export function heldOutRows(
  corpora: readonly TokenCorpus[],
  rowLength: number,
  limit: number,
): { readonly stretches: Stretch[]; readonly total: number } {
  const counts = corpora.map(({ tokenCount }) => Math.max(1, Math.floor(tokenCount / rowLength)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const taken = Math.min(limit, total);
  const stretches = Array.from({ length: taken }, (_, i) => {
    let [corpus, row] = [0, Math.floor((i * total) / taken)];
    while (row >= counts[corpus]!) row -= counts[corpus++]!;
    return corpora[corpus]!.read(row * rowLength, rowLength);
  });
  return { stretches, total };
}
