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

/** The models there are. */
type Kind = "gpt2" | "t5";

const configs: Readonly<Record<Kind, JsonObject>> = {
  gpt2: {
    model_type: "gpt2",
    vocab_size: tokenizer.vocabularySize,
    n_embd: 32,
    n_layer: 2,
    n_head: 4,
    n_positions: 64,
    initializer_range: 0.4,
    bos_token_id: begin,
    eos_token_id: end,
  },
  t5: {
    model_type: "t5",
    vocab_size: tokenizer.vocabularySize,
    d_model: 32,
    d_kv: 8,
    d_ff: 64,
    num_layers: 2,
    num_decoder_layers: 2,
    num_heads: 4,
    initializer_factor: 1,
    decoder_start_token_id: 0,
    pad_token_id: 0,
    eos_token_id: end,
  },
};

const heads: Readonly<Record<Kind, readonly [Head, string]>> = {
  gpt2: ["causal-lm", "GPT2LMHeadModel"],
  t5: ["sequence-to-sequence", "T5ForConditionalGeneration"],
};

/** Write a tiny model that writes texts; returns its folder. */
export async function writeTinyWriter(
  folder: string,
  kind: Kind,
  files: Readonly<Record<string, JsonObject>> = {},
): Promise<string> {
  const directory = join(folder, `tiny-${kind}`);
  const [head, className] = heads[kind];
  const config = { ...configs[kind], architectures: [className] };
  const architecture = architectureOf(config, directory);
  const outputs = architecture
    .readConfig(config, directory)
    .build(head, 0, modelInputs(head), forInference());
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
