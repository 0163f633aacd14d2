import type { DocumentCorpus } from "./token-corpus.js";

/** The number of the document that a token is of, by halving; behind the end, of the last one. */
export function documentAt(
  { documentCount, documentStart }: Pick<DocumentCorpus, "documentCount" | "documentStart">,
  token: number,
): number {
  let [low, high] = [0, documentCount]; // it is `low` or behind it, and before `high`
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    if (documentStart(middle) <= token) low = middle;
    else high = middle;
  }
  return low;
}
