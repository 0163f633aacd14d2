/** An objective, as `--objective` takes it. */
export type ObjectiveName = "masked-lm" | "causal-lm";

/** What a model learns by each objective. A list by itself, so that help need load no engine. */
export const objectiveSummaries: Readonly<Record<ObjectiveName, string>> = {
  "masked-lm": "guess tokens that are hidden, from both sides (BERT, RoBERTa)",
  "causal-lm": "foretell each token from those before it (GPT)",
};

/** The names of all objectives. */
export const objectiveNames: readonly ObjectiveName[] = Object.keys(objectiveSummaries) as ObjectiveName[];
