/** What stands on top of a model, by what it is for. */
export type Head =
  | "none"
  | "masked-lm"
  | "next-sentence"
  | "pre-training"
  | "replaced-tokens"
  | "causal-lm"
  | "bidirectional-lm"
  | "permutation-lm"
  | "sequence-to-sequence"
  | "sequence-classification"
  | "token-classification"
  | "span-extraction"
  | "multiple-choice"
  | "embedding";
