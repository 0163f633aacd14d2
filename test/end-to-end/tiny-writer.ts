import { join } from "node:path";
import { type JsonObject, Random } from "../../src/base/index.js";
import { leaves } from "../../src/engine/index.js";
import { writeModelDirectory } from "../../src/hub/index.js";
import {
  architectureOf,
  foreignWeights,
  type Head,
  matchWeights,
  modelInputs,
} from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { tinyTokenizer } from "./tiny-model.js";

// Models small enough to write at once, in the language of the tiny BERT. Their weights are drawn, so that what they
// write means nothing and depends on every part of them.

const tokenizer = tinyTokenizer();
const [begin, end] = [tokenizer.special.classification!.id, tokenizer.special.separator!.id];

const transformer: JsonObject = {
  ...{ d_model: 32, encoder_layers: 2, decoder_layers: 2, encoder_ffn_dim: 48, decoder_ffn_dim: 48 },
  ...{ encoder_attention_heads: 4, decoder_attention_heads: 4, max_position_embeddings: 64 },
};

/** Models that look back, and those with an encoder; with attention or recurrent. */
export type WriterKind =
  | "gpt2"
  | "llama"
  | "lstm-lm"
  | "t5"
  | "bart"
  | "transformer"
  | "lstm-encoder-decoder"
  | "encoder-decoder";

const configs: Readonly<Record<WriterKind, JsonObject>> = {
  gpt2: { n_embd: 32, n_layer: 2, n_head: 4, n_positions: 64 },
  llama: {
    ...{ hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 },
    ...{ intermediate_size: 48, max_position_embeddings: 64 },
  },
  "lstm-lm": { hidden_size: 24, num_hidden_layers: 2 },
  t5: { d_model: 32, d_kv: 8, d_ff: 64, num_layers: 2, num_decoder_layers: 2, num_heads: 4 },
  bart: transformer,
  transformer,
  "lstm-encoder-decoder": { hidden_size: 24, num_hidden_layers: 2, attention_type: "bahdanau" },
  "encoder-decoder": {
    encoder: {
      ...{ model_type: "bert", vocab_size: tokenizer.vocabularySize, hidden_size: 24, num_hidden_layers: 1 },
      ...{ num_attention_heads: 4, intermediate_size: 32, initializer_range: 0.4 },
    },
    decoder: {
      ...{ model_type: "gpt2", vocab_size: tokenizer.vocabularySize, n_embd: 32, n_layer: 1, n_head: 4 },
      ...{ n_positions: 64, add_cross_attention: true, initializer_range: 0.4 },
    },
  },
};

export const writerKinds: readonly WriterKind[] = Object.keys(configs) as WriterKind[];

/** Write a tiny model that writes texts; returns its folder. */
export async function writeTinyWriter(
  folder: string,
  kind: WriterKind,
  files: Readonly<Record<string, JsonObject>> = {},
): Promise<string> {
  const directory = join(folder, `tiny-${kind}`);
  const unnamed: JsonObject = {
    model_type: kind,
    vocab_size: tokenizer.vocabularySize,
    ...{ bos_token_id: begin, eos_token_id: end, pad_token_id: 0, decoder_start_token_id: 0 },
    ...{ initializer_range: 0.4, init_std: 0.4, ...configs[kind] },
  };
  const architecture = architectureOf(unnamed, directory);
  const network = architecture.readConfig(unnamed, directory);
  const head: Head = network.decoder?.start === undefined ? "causal-lm" : "sequence-to-sequence";
  const config = { ...unnamed, architectures: [architecture.classNames.get(head)!] };
  const outputs = network.build(head, 0, modelInputs(head), forInference());
  const parameters = leaves([...outputs.heads.values()], "parameter");
  const { weights } = matchWeights(architecture, parameters, new Map(), new Random(3), directory);
  const further = Object.entries(files).map(([name, json]) => [name, JSON.stringify(json)] as const);
  await writeModelDirectory(directory, {
    config,
    weights: foreignWeights(architecture, head, weights),
    files: new Map([...tokenizer.toFiles(), ...further]),
  });
  return directory;
}
