/** An objective, as `--objective` takes it. */
export type ObjectiveName =
  | ("masked-lm" | "causal-lm" | "next-sentence" | "sentence-order")
  | ("permutation-lm" | "span-corruption" | "denoising" | "prefix-lm" | "replaced-tokens" | "span-boundary")
  | "bidirectional-lm";

/** What a model learns by each objective. A list by itself, so that help need load no engine. */
export const objectiveSummaries: Readonly<Record<ObjectiveName, string>> = {
  "masked-lm": "guess tokens that are hidden, from both sides (BERT, RoBERTa)",
  "causal-lm": "foretell each token from those before it (GPT)",
  "next-sentence": "guess hidden tokens, and whether one stretch of text follows another (BERT)",
  "sentence-order": "guess hidden tokens, and in which order two stretches of text stood (ALBERT)",
  "permutation-lm": "guess tokens in a random order, each from those before it in that order (XLNet)",
  "span-corruption": "write spans of text that sentinels stand for (T5)",
  denoising: "write a text that was damaged as it was (BART)",
  "span-boundary": "guess hidden spans, also from the two tokens around each (SpanBERT)",
  "replaced-tokens": "tell which tokens a small generator has replaced (ELECTRA)",
  "prefix-lm": "write how a text goes on whose beginning is read from both sides (T5, UniLM)",
  "bidirectional-lm": "guess each token from those before it, and again from those after it (ELMo)",
};

/** The names of all objectives. */
export const objectiveNames: readonly ObjectiveName[] = Object.keys(objectiveSummaries) as ObjectiveName[];
