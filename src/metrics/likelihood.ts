// How well a language model foretells a text, from the cross-entropy of all its tokens together, in nats.

/** How many tokens the model hesitates between, on average. Depends on what a token is. */
export function perplexity(nats: number, tokenCount: number): number {
  return Math.exp(nats / tokenCount);
}

/** Bits for each unit of text, bytes or characters: the same for models whose tokens differ. */
export function bitsPer(nats: number, unitCount: number): number {
  return nats / Math.LN2 / unitCount;
}
