/** An objective, as `--objective` takes it. */
export type ObjectiveName = "masked-lm" | "causal-lm" | "next-sentence" | "sentence-order";

/** What a model learns by each objective. A list by itself, so that help need load no engine. */
export const objectiveSummaries: Readonly<Record<ObjectiveName, string>> = {
  "masked-lm": "guess tokens that are hidden, from both sides (BERT, RoBERTa)",
  "causal-lm": "foretell each token from those before it (GPT)",
  "next-sentence": "guess hidden tokens, and whether one stretch of text follows another (BERT)",
  "sentence-order": "guess hidden tokens, and in which order two stretches of text stood (ALBERT)",
};

/** The names of all objectives. */
export const objectiveNames: readonly ObjectiveName[] = Object.keys(objectiveSummaries) as ObjectiveName[];
