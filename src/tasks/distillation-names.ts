/** A published way to teach a student, as `--losses` takes it. */
export type DistillationName = "distilbert" | "minilm" | "minilm-attention";

/** What a student learns by each. A list by itself, so that help need load no engine. */
export const distillationSummaries: Readonly<Record<DistillationName, string>> = {
  distilbert: "scores, hidden tokens and directions of hidden states, 5 : 2 : 1 (DistilBERT)",
  minilm: "how queries, keys and values of the last layer relate (MiniLMv2)",
  "minilm-attention": "attention of the last layer and how its values relate (MiniLM)",
};
