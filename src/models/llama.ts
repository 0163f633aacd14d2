// Llama (Touvron et al. 2023, https://arxiv.org/abs/2302.13971).
import type { Head } from "./head.js";
import { llamaNames, llamaNetwork, llamaOverrides, readLlamaConfig } from "./llama-layout.js";
import type { Architecture } from "./model.js";

export const llama: Architecture = {
  modelType: "llama",
  classNames: new Map<Head, string>([
    ["none", "LlamaModel"],
    ["causal-lm", "LlamaForCausalLM"],
    ["sequence-classification", "LlamaForSequenceClassification"],
    ["token-classification", "LlamaForTokenClassification"],
    ["span-extraction", "LlamaForQuestionAnswering"],
  ]),
  names: llamaNames({ spanPrefix: "transformer." }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: llamaOverrides,
  readConfig(json, place) {
    const attention = json["attention_bias"] === true;
    return llamaNetwork(readLlamaConfig(json, place), {
      name: "Llama",
      biased: { input: attention, output: attention, feedForward: json["mlp_bias"] === true },
    });
  },
};
