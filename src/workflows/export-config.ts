import type { JsonObject } from "../base/index.js";
import type { ExportedGraphs } from "./export-graphs.js";
import type { OpenModel } from "./open-model.js";

/** Where config.json says how many layers have a cache. */
const layerCountKeys: Readonly<Record<string, string>> = {
  ...{
    gpt2: "n_layer",
    llama: "num_hidden_layers",
    mistral: "num_hidden_layers",
    qwen2: "num_hidden_layers",
  },
  ...{ t5: "num_decoder_layers", mt5: "num_decoder_layers" },
  ...{ bart: "decoder_layers", mbart: "decoder_layers", marian: "decoder_layers" },
};

/**
 * The config.json of an exported model. What Python's classes know by default, transformers.js looks up: whether there is
 * an encoder, and how many caches.
 */
export function exportedConfig(
  { architecture, config }: Pick<OpenModel, "architecture" | "config">,
  { form, files }: ExportedGraphs,
): JsonObject {
  if (form === "whole") return config;
  const outputs = [...files.at(-1)!.outputs.keys()];
  const layers = new Set(outputs.flatMap((name) => /^present\.(\d+)/.exec(name)?.[1] ?? []));
  const key = layerCountKeys[architecture.modelType];
  return {
    ...config,
    ...(key === undefined || config[key] !== undefined ? {} : { [key]: layers.size }),
    ...(form === "encoder-decoder" ? { is_encoder_decoder: true } : {}),
  };
}
