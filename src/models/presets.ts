// Architectures by name, as their papers give the sizes; `mini` and `tiny` of a family that was not published so small
// have BERT's (Turc et al. 2019, https://arxiv.org/abs/1908.08962). What a config.json does not say is as published.
import { nearest, OptionError } from "../base/index.js";
import type { JsonObject } from "../base/json.js";

/** The sizes of a stack of layers. */
interface StackSize {
  readonly layers: number;
  readonly hidden: number;
  /** Default: one for 64 of the width. */
  readonly heads?: number;
  /** The width of the feed-forward layers. Default: four times the width. */
  readonly inner?: number;
}

const [tiny, mini, base]: readonly StackSize[] = [
  { layers: 2, hidden: 128 },
  { layers: 4, hidden: 256 },
  { layers: 12, hidden: 768 },
];

const bertSize = ({ layers, hidden, heads = hidden / 64, inner = 4 * hidden }: StackSize): JsonObject => ({
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  intermediate_size: inner,
});

const bert = (size: StackSize): JsonObject => ({
  model_type: "bert",
  ...bertSize(size),
  max_position_embeddings: 512,
});

/** Positions begin behind that of padding. */
const roberta = (size: StackSize): JsonObject => ({
  model_type: "roberta",
  ...bertSize(size),
  ...{ max_position_embeddings: 514, type_vocab_size: 1, layer_norm_eps: 1e-5 },
});

const albert = (size: StackSize): JsonObject => ({
  model_type: "albert",
  ...bertSize(size),
  ...{ embedding_size: 128, max_position_embeddings: 512 },
});

const electra = (size: StackSize, embeddingSize: number): JsonObject => ({
  model_type: "electra",
  ...bertSize(size),
  ...{ embedding_size: embeddingSize, max_position_embeddings: 512 },
});

/** Gated feed-forward layers have one and a half times the width. */
const modernBert = (size: StackSize, positions: number): JsonObject => ({
  model_type: "modernbert",
  ...bertSize({ inner: 1.5 * size.hidden, ...size }),
  ...{ max_position_embeddings: positions, local_attention: 128, global_attn_every_n_layers: 3 },
});

const xlnet = ({ layers, hidden }: StackSize): JsonObject => ({
  model_type: "xlnet",
  ...{ d_model: hidden, n_layer: layers, n_head: hidden / 64, d_head: 64, d_inner: 4 * hidden },
});

const gpt2 = ({ layers, hidden }: StackSize): JsonObject => ({
  model_type: "gpt2",
  ...{ n_embd: hidden, n_layer: layers, n_head: hidden / 64, n_positions: 1024 },
});

/** Gated feed-forward layers have eight thirds of the width, made a multiple of 32 (Touvron et al. 2023). */
const llama = (size: StackSize): JsonObject => ({
  model_type: "llama",
  ...bertSize({ inner: 32 * Math.ceil((8 * size.hidden) / 3 / 32), ...size }),
  ...{ max_position_embeddings: 1024, tie_word_embeddings: true },
});

const t5 = ({ layers, hidden, heads = hidden / 64, inner = 4 * hidden }: StackSize): JsonObject => ({
  model_type: "t5",
  ...{ d_model: hidden, num_layers: layers, num_heads: heads, d_kv: 64, d_ff: inner },
});

const bart = ({ layers, hidden }: StackSize): JsonObject => ({
  model_type: "bart",
  ...{ d_model: hidden, max_position_embeddings: 1024 },
  ...{ encoder_layers: layers, encoder_attention_heads: hidden / 64, encoder_ffn_dim: 4 * hidden },
  ...{ decoder_layers: layers, decoder_attention_heads: hidden / 64, decoder_ffn_dim: 4 * hidden },
});

/** A config.json for each name, but for what the tokenizer says. */
export const presets: Readonly<Record<string, JsonObject>> = {
  "bert-tiny": bert(tiny!),
  "bert-mini": bert(mini!),
  "bert-small": bert({ layers: 4, hidden: 512 }),
  "bert-medium": bert({ layers: 8, hidden: 512 }),
  "bert-base": bert(base!),
  "roberta-mini": roberta(mini!),
  "roberta-base": roberta(base!),
  "albert-mini": albert(mini!),
  "albert-base": albert(base!),
  "electra-mini": electra(mini!, 128),
  "electra-small": electra({ layers: 12, hidden: 256 }, 128),
  "electra-base": electra(base!, 768),
  "modernbert-mini": modernBert(mini!, 1024),
  "modernbert-base": modernBert({ layers: 22, hidden: 768 }, 8192),
  "xlnet-mini": xlnet(mini!),
  "xlnet-base": xlnet(base!),
  "gpt2-tiny": gpt2(tiny!),
  "gpt2-mini": gpt2(mini!),
  "gpt2-small": gpt2(base!),
  "gpt2-medium": gpt2({ layers: 24, hidden: 1024 }),
  "llama-mini": llama(mini!),
  "llama-small": llama({ layers: 8, hidden: 512 }),
  "t5-mini": t5(mini!),
  "t5-small": t5({ layers: 6, hidden: 512 }),
  "t5-base": t5(base!),
  "bart-mini": bart(mini!),
  "bart-base": bart({ layers: 6, hidden: 768 }),
};

/** The config.json of a preset; undefined where none has the name. */
export function presetOf(name: string): JsonObject | undefined {
  return Object.hasOwn(presets, name) ? presets[name] : undefined;
}

/** What to say where neither a file nor a preset is called so. */
export function unknownPreset(name: string): OptionError {
  const known = Object.keys(presets);
  const near = nearest(name, known);
  return new OptionError(
    `architecture: expected a file in the form of config.json or a preset, got ${name}`,
    {
      hint: near === undefined ? `the presets are ${known.join(", ")}` : `did you mean ${near}?`,
    },
  );
}
