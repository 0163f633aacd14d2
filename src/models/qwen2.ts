// Qwen2 (Yang et al. 2024, https://arxiv.org/abs/2407.10671): Llama with a bias on queries, keys and values, whose upper
// layers may see a window.
import { configReader } from "./config.js";
import type { Head } from "./head.js";
import { llamaNames, llamaNetwork, llamaOverrides, readLlamaConfig } from "./llama-layout.js";
import type { Architecture } from "./model.js";

export const qwen2: Architecture = {
  modelType: "qwen2",
  classNames: new Map<Head, string>([
    ["none", "Qwen2Model"],
    ["causal-lm", "Qwen2ForCausalLM"],
    ["sequence-classification", "Qwen2ForSequenceClassification"],
    ["token-classification", "Qwen2ForTokenClassification"],
    ["span-extraction", "Qwen2ForQuestionAnswering"],
  ]),
  names: llamaNames({ spanPrefix: "transformer." }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: llamaOverrides,
  readConfig(json, place) {
    const read = configReader(json, place);
    const size = read.integer("sliding_window", 4096);
    const firstWithWindow =
      json["use_sliding_window"] === true ? read.number("max_window_layers", 28) : Infinity;
    const types = json["layer_types"];
    const hasWindow = (layer: number): boolean =>
      Array.isArray(types) ? types[layer] === "sliding_attention" : layer >= firstWithWindow;
    const filled = { max_position_embeddings: 32768, ...json };
    return llamaNetwork(readLlamaConfig(filled, place), {
      name: "Qwen2",
      biased: { input: true, output: false, feedForward: false },
      window: (layer) => (hasWindow(layer) ? size : undefined),
    });
  },
};
