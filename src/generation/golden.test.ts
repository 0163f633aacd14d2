// The texts and scores that Python's transformers gave for the tiny checkpoints.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { needs, repository, sharedJson, sharedPath } from "../../test/shared.js";
import type { JsonObject } from "../base/json.js";
import { Random } from "../base/random.js";
import { onnxRuntime } from "../engine/runtimes/onnxruntime-node.js";
import { openModelDirectory } from "../hub/index.js";
import { architectureOf, matchWeights } from "../models/index.js";
import { decoderGraphs, decoderParameters } from "./decoder-graphs.js";
import type { Prompts } from "./decoder-state.js";
import { generateTexts } from "./generate-texts.js";
import { readGenerationConfig } from "./generation-config.js";
import { type ReadyDecoder, readyDecoder } from "./ready-decoder.js";
import type { WrittenText } from "./written-text.js";

interface Golden {
  readonly decoder_only: boolean;
  readonly generation_config: JsonObject;
  readonly cases: readonly GoldenCase[];
}

interface GoldenCase {
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask: readonly (readonly number[])[];
  readonly arguments: JsonObject;
  readonly sequences: readonly (readonly number[])[];
  readonly sequences_scores?: readonly number[];
}

const names = [
  "gpt2-lm-head",
  "llama-for-causal-lm",
  "t5-relu",
  "t5-gated-gelu",
  "bart-for-conditional-generation",
  "marian-mt",
];

for (const name of names) {
  const file = `golden/generation/${name}.json`;
  const model = `golden/models/${name}`;
  describe(`generation of ${name} is Python's`, needs(file, model), () =>
    compareAll(sharedJson(file), sharedPath(model)),
  );
}

const groups = join(repository, "test/golden/generation/beam-groups.json");
describe("beams in groups are those of transformers 4.49", needs("golden/models/gpt2-lm-head"), () =>
  compareAll(JSON.parse(readFileSync(groups, "utf8")), sharedPath("golden/models/gpt2-lm-head")),
);

const pairs: { readonly models: Readonly<Record<string, Golden>> } = JSON.parse(
  readFileSync(join(repository, "test/golden/generation/encoder-decoder-pairs.json"), "utf8"),
);
for (const [name, golden] of Object.entries(pairs.models))
  describe(`generation of ${name} is Python's`, () =>
    compareAll(golden, join(repository, "test/golden/models", name)));

function compareAll(golden: Golden, model: string): void {
  let decoder: ReadyDecoder | undefined;
  for (const [number, stored] of golden.cases.entries()) {
    const said = Object.entries(stored.arguments)
      .filter(([key]) => key !== "do_sample" && key !== "num_return_sequences")
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`);
    test(`${number}: ${stored.input_ids.length} of ${stored.input_ids[0]!.length}, ${said.join(", ")}`, async () => {
      decoder ??= await openDecoder(model);
      await compare(decoder, golden, stored);
    });
  }
}

async function compare(decoder: ReadyDecoder, golden: Golden, stored: GoldenCase): Promise<void> {
  const { settings, startToken, paddingToken } = readGenerationConfig(
    { ...golden.generation_config, ...stored.arguments },
    "the stored case",
  );
  const texts = stored.input_ids.map((ids, i) => ids.filter((_, k) => stored.attention_mask[i]![k] === 1));
  const prompts: Prompts = golden.decoder_only
    ? { ids: texts }
    : { ids: texts.map(() => [startToken!]), sources: texts };
  const written = await finish(generateTexts(decoder, prompts, settings));
  const length = written.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const padding = paddingToken ?? settings.endTokens![0]!;
  // Python fills up beams, not those in groups, with an end token where the padding token is 0
  const isSearch = stored.sequences_scores !== undefined && settings.beamGroupCount === undefined;
  const fill = isSearch && padding === 0 ? settings.endTokens![0]! : padding;
  const rows = written.map(({ prompt, ids }) => [
    ...(golden.decoder_only ? stored.input_ids[prompt]! : prompts.ids[prompt]!),
    ...ids,
    ...new Array<number>(length - ids.length).fill(fill),
  ]);
  assert.deepEqual(rows, stored.sequences);
  stored.sequences_scores?.forEach((score, i) => {
    assert.ok(Math.abs(written[i]!.score! - score) <= 1e-4, `score ${i}: ${written[i]!.score}, not ${score}`);
  });
}

async function openDecoder(directory: string): Promise<ReadyDecoder> {
  const opened = await openModelDirectory(directory);
  const place = join(directory, "config.json");
  const architecture = architectureOf(opened.config, place);
  const graphs = decoderGraphs(architecture.readConfig(opened.config, place).decoder!);
  const { weights, newParameters } = matchWeights(
    architecture,
    decoderParameters(graphs),
    await opened.readWeights(),
    new Random(0),
    directory,
  );
  assert.deepEqual(newParameters, []);
  return readyDecoder(onnxRuntime({ threads: 1 }), graphs, weights);
}

async function finish(
  texts: AsyncGenerator<unknown, readonly WrittenText[]>,
): Promise<readonly WrittenText[]> {
  for (;;) {
    const { value, done } = await texts.next();
    if (done === true) return value;
  }
}
