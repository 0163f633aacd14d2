// Mistral (Jiang et al. 2023, https://arxiv.org/abs/2310.06825): Llama whose layers see a window.
import { configReader } from "./config.js";
import type { Head } from "./head.js";
import { llamaNames, llamaNetwork, llamaOverrides, readLlamaConfig } from "./llama-layout.js";
import type { Architecture } from "./model.js";

export const mistral: Architecture = {
  modelType: "mistral",
  classNames: new Map<Head, string>([
    ["none", "MistralModel"],
    ["causal-lm", "MistralForCausalLM"],
    ["sequence-classification", "MistralForSequenceClassification"],
    ["token-classification", "MistralForTokenClassification"],
    ["span-extraction", "MistralForQuestionAnswering"],
  ]),
  names: llamaNames({ spanPrefix: "model." }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: llamaOverrides,
  readConfig(json, place) {
    const window =
      json["sliding_window"] === null ? undefined : configReader(json, place).integer("sliding_window", 4096);
    const filled = { num_key_value_heads: 8, max_position_embeddings: 131072, ...json };
    return llamaNetwork(readLlamaConfig(filled, place), {
      name: "Mistral",
      biased: { input: false, output: false, feedForward: false },
      window: () => window,
    });
  },
};
