import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { decodeOnnx } from "../../src/formats/onnx/index.js";
import { exportModel } from "../../src/workflows/index.js";
import { needs, repository, sharedPath } from "../shared.js";
import { exportGolden, type Written, writtenByFiles, writtenByOurs } from "./exported-writers.js";
import { temporaryFolder } from "./tiny-model.js";
import { writeTinyWriter } from "./tiny-writer.js";

const prompts = [[5, 17, 9, 12, 7], [11, 6, 3], [8]];
const count = 5;

const inRepository = [
  "gpt2-lm-head-untied",
  "llama-for-causal-lm-tied",
  "mistral-for-causal-lm",
  "qwen2-for-causal-lm",
  "roberta-for-causal-lm",
  "marian-apart",
  "encoder-decoder-bert-gpt2",
];
const inShared = [
  "openai-gpt-lm-head",
  "t5-relu",
  "t5-gated-gelu",
  "bart-for-conditional-generation",
  "mbart-for-conditional-generation",
];

describe("exported models that write", () => {
  const said = (name: string): string => `a loop over the files of ${name} writes what we write`;
  for (const name of inRepository)
    test(said(name), (t) => compare(t, join(repository, "test/golden/models", name)));
  for (const name of inShared)
    test(said(name), needs(`golden/models/${name}`), (t) => compare(t, sharedPath(`golden/models/${name}`)));

  test("the layout of a decoder", needs("golden/models/gpt2-lm-head"), async (t) => {
    const folder = await temporaryFolder(t);
    const { outputDirectory, files, notes } = await exportGolden(
      sharedPath("golden/models/gpt2-lm-head"),
      folder,
      "int8",
    );
    assert.deepEqual(notes, []);
    assert.deepEqual(
      files.map(({ file, rowCount }) => [file, rowCount]),
      [
        ["onnx/model.onnx", 384], // 8 texts of 24 tokens, twice
        ["onnx/model_quantized.onnx", 384],
      ],
    );
    const { inputs, outputs } = await graphOf(outputDirectory, "model");
    const past = ["batch_size", 4, "past_sequence_length", 8];
    const kept = ["batch_size", 4, "past_sequence_length + sequence_length", 8];
    const layers = ["0.key", "0.value", "1.key", "1.value"];
    assert.deepEqual(inputs, {
      input_ids: ["batch_size", "sequence_length"],
      attention_mask: ["batch_size", "past_sequence_length + sequence_length"],
      position_ids: ["batch_size", "sequence_length"],
      ...Object.fromEntries(layers.map((name) => [`past_key_values.${name}`, past])),
    });
    assert.deepEqual(outputs, {
      logits: ["batch_size", "sequence_length", 128],
      ...Object.fromEntries(layers.map((name) => [`present.${name}`, kept])),
    });
    const config = JSON.parse(await readFile(join(outputDirectory, "generation_config.json"), "utf8"));
    assert.equal(config.eos_token_id, 2);
  });

  test("the layout of an encoder-decoder", needs("golden/models/t5-relu"), async (t) => {
    const folder = await temporaryFolder(t);
    const { outputDirectory, files } = await exportGolden(
      sharedPath("golden/models/t5-relu"),
      folder,
      "int8",
    );
    assert.deepEqual(
      files.map(({ file }) => file),
      [
        "encoder_model",
        "decoder_model_merged",
        "encoder_model_quantized",
        "decoder_model_merged_quantized",
      ].map((name) => `onnx/${name}.onnx`),
    );
    const quantized = await readFile(join(outputDirectory, "onnx", "decoder_model_merged_quantized.onnx"));
    const { nodes } = decodeOnnx(quantized, "decoder_model_merged_quantized").graph;
    assert.ok(
      nodes.every(({ type }) => type !== "Gemm"),
      "all matrices, also that of the scaled scores",
    );
    const encoder = await graphOf(outputDirectory, "encoder_model");
    const source = ["batch_size", "encoder_sequence_length"];
    assert.deepEqual(encoder.inputs, { input_ids: source, attention_mask: source });
    assert.deepEqual(encoder.outputs, { last_hidden_state: [...source, 32] });
    const { inputs, outputs } = await graphOf(outputDirectory, "decoder_model_merged");
    const sides = { decoder: "past_decoder_sequence_length", encoder: "past_encoder_sequence_length" };
    const caches = Object.entries(sides).flatMap(([side, length]) =>
      ["key", "value"].flatMap((part) =>
        [0, 1].map(
          (layer) => [`past_key_values.${layer}.${side}.${part}`, ["batch_size", 4, length, 8]] as const,
        ),
      ),
    );
    assert.deepEqual(inputs, {
      input_ids: ["batch_size", "sequence_length"],
      encoder_attention_mask: source,
      encoder_hidden_states: [...source, 32],
      ...Object.fromEntries(caches),
    });
    assert.deepEqual(
      Object.keys(outputs).sort(),
      ["logits", ...caches.map(([name]) => name.replace("past_key_values", "present"))].sort(),
    );
  });

  test("what Python knows by default is said in config.json", async (t) => {
    const folder = await temporaryFolder(t);
    const model = await writeTinyWriter(folder, "t5");
    const path = join(model, "config.json");
    const { num_decoder_layers: _, ...config } = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify(config));
    await exportModel({ model, outputDirectory: join(folder, "exported") });
    const exported = JSON.parse(await readFile(join(folder, "exported", "config.json"), "utf8"));
    assert.deepEqual(exported, { ...config, num_decoder_layers: 2, is_encoder_decoder: true });
  });

  test("what transformers.js does not have is said", async (t) => {
    const folder = await temporaryFolder(t);
    const golden = (name: string): string => join(repository, "test/golden/models", name);
    const { notes } = await exportGolden(golden("roberta-for-causal-lm"), folder);
    assert.deepEqual(notes, [
      "transformers.js has no roberta for causal-lm; ONNX Runtime runs what was written",
    ]);
    const recurrent = await exportGolden(golden("lstm-lm"), folder, "int8");
    assert.equal(recurrent.notes[1], "it keeps no keys and values: what was written reads whole texts");
    await assert.rejects(
      exportGolden(golden("lstm-encoder-decoder-luong-dot"), folder),
      /a recurrent encoder-decoder cannot be exported yet/,
    );
  });

  test("answers to choose from, and words in any order, are exported as whole texts", async (t) => {
    const folder = await temporaryFolder(t);
    const inputs: Record<string, unknown> = {};
    for (const name of ["roberta-for-multiple-choice", "xlnet-lm-head-permuted"]) {
      const golden = join(repository, "test/golden/models", name);
      const { outputDirectory, files } = await exportGolden(golden, folder, "int8");
      assert.ok(files[0]!.rowCount > 0 && files[0]!.largestDifference < 1e-5, name);
      inputs[name] = (await graphOf(outputDirectory, "model")).inputs;
    }
    const [batch, length] = ["batch_size", "sequence_length"];
    const choices = [batch, "num_choices", length];
    assert.deepEqual(inputs, {
      "roberta-for-multiple-choice": { input_ids: choices, attention_mask: choices },
      "xlnet-lm-head-permuted": {
        input_ids: [batch, length],
        attention_mask: [batch, length],
        token_type_ids: [batch, length],
        perm_mask: [batch, length, length],
        target_mapping: [batch, "num_predict", length],
      },
    });
  });
});

async function compare(t: TestContext, golden: string): Promise<void> {
  const folder = await temporaryFolder(t);
  const { outputDirectory, files } = await exportGolden(golden, folder, "int8");
  for (const { file, largestDifference, largestOutput } of files)
    assert.ok(
      largestDifference < (file.includes("quantized") ? 0.7 * largestOutput : 1e-5),
      `${file}: ${largestDifference} of ${largestOutput}`,
    );
  const ours = await writtenByOurs(golden, prompts, count);
  const theirs = await writtenByFiles(outputDirectory, prompts, count);
  const idsOf = (texts: readonly Written[]): (readonly number[])[] => texts.map(({ ids }) => ids);
  assert.deepEqual(idsOf(theirs), idsOf(ours));
  for (const [i, { score }] of theirs.entries())
    assert.ok(Math.abs(score - ours[i]!.score) < 1e-4, `${score}, ${ours[i]!.score}`);
  const quantized = await writtenByFiles(outputDirectory, prompts, count, "_quantized");
  assert.ok(quantized.every(({ score }) => Number.isFinite(score)));
}

/** Inputs and outputs of a file with their shapes. */
async function graphOf(
  directory: string,
  name: string,
): Promise<Record<"inputs" | "outputs", Record<string, readonly (string | number)[]>>> {
  const { graph } = decodeOnnx(await readFile(join(directory, "onnx", `${name}.onnx`)), name);
  const shapes = (values: typeof graph.inputs): Record<string, readonly (string | number)[]> =>
    Object.fromEntries(values.map((value) => [value.name, value.shape]));
  return { inputs: shapes(graph.inputs), outputs: shapes(graph.outputs) };
}
