import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { argmax, float32, int64, type JsonObject, type Tensor } from "../../src/base/index.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";
import { decodeOnnx } from "../../src/formats/onnx/index.js";
import {
  decoderGraphs,
  decoderParameters,
  type GenerationSettings,
  generateTexts,
  readyDecoder,
} from "../../src/generation/index.js";
import { paddedBatch } from "../../src/generation/padded-batch.js";
import { toLogProbabilities } from "../../src/generation/probabilities.js";
import { wordPieceTokenizer } from "../../src/tokenizers/index.js";
import { type ExportResult, exportModel } from "../../src/workflows/index.js";
import { openModel } from "../../src/workflows/open-model.js";
import { openOnnx } from "../../src/workflows/run-onnx.js";
import { finishedWeights } from "../../src/workflows/session.js";

// Models that write, exported, and what is written by them: by our own loop over their checkpoints, and by a plain loop
// over the files.

/** Export a golden checkpoint, which has no tokenizer: one of few words stands in for it. */
export async function exportGolden(
  golden: string,
  folder: string,
  quantize: "none" | "int8" = "none",
): Promise<ExportResult> {
  const model = join(folder, basename(golden));
  await mkdir(model);
  for (const file of ["config.json", "generation_config.json", "model.safetensors"])
    await cp(join(golden, file), join(model, file)).catch(() => undefined); // not all have the second
  for (const [name, content] of wordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]).toFiles())
    await writeFile(join(model, name), content);
  return exportModel({ model, outputDirectory: `${model}-onnx`, quantize });
}

/** Tokens after a prompt, and the sum of their log-probabilities. */
export interface Written {
  readonly ids: readonly number[];
  readonly score: number;
}

/** The likeliest tokens after prompts, or of an encoder-decoder after sources; none twice where `settings` say so. */
export async function writtenByOurs(
  directory: string,
  prompts: readonly (readonly number[])[],
  count: number,
  settings: GenerationSettings = {},
): Promise<Written[]> {
  const model = await openModel(directory, {});
  const graphs = decoderGraphs(model.network.decoder!);
  const weights = await finishedWeights(model, decoderParameters(graphs));
  const decoder = await readyDecoder(onnxRuntime({ threads: 1 }), graphs, weights);
  const given =
    graphs.start === undefined
      ? { ids: prompts }
      : { ids: prompts.map(() => [startToken(model.config)]), sources: prompts };
  const texts = generateTexts(decoder, given, { maxNewTokens: count, withScores: true, ...settings });
  let next = await texts.next();
  while (next.done !== true) next = await texts.next();
  return next.value.map(({ ids, score }) => ({ ids, score: score! }));
}

/** The same by a loop over the files of an exported folder; `ending` is `_quantized` for those of 8 bits. */
export async function writtenByFiles(
  directory: string,
  prompts: readonly (readonly number[])[],
  count: number,
  ending = "",
): Promise<Written[]> {
  const read = (name: string): Promise<Uint8Array> =>
    readFile(join(directory, "onnx", `${name}${ending}.onnx`));
  const config = JSON.parse(await readFile(join(directory, "config.json"), "utf8"));
  if (config["is_encoder_decoder"] !== true) {
    const { ids, mask, positions } = paddedBatch(prompts, "front", 0);
    const masks = rowsOf(mask);
    const more = (written: number): Feeds => [
      ["attention_mask", grid(masks.map((row) => [...row, ...new Array<number>(written).fill(1)]))],
      ["position_ids", written === 0 ? positions : grid(prompts.map(({ length }) => [length + written - 1]))],
    ];
    return writeOn(await read("model"), rowsOf(ids), more, count);
  }
  const { ids, mask } = paddedBatch(prompts, "behind", 0);
  const typeIds = int64(ids.shape, new Uint8Array(ids.data.length));
  const feeds = { input_ids: ids, attention_mask: mask, token_type_ids: typeIds };
  const encoder = await openOnnx(await read("encoder_model"));
  const hidden = (await encoder.run(new Map(Object.entries(feeds)))).get("last_hidden_state")!;
  await encoder.close();
  const source: Feeds = [
    ["encoder_hidden_states", hidden],
    ["encoder_attention_mask", mask],
  ];
  const start = prompts.map(() => [startToken(config)]);
  return writeOn(await read("decoder_model_merged"), start, () => source, count);
}

type Feeds = readonly (readonly [string, Tensor])[];

async function writeOn(
  file: Uint8Array,
  prompts: readonly (readonly number[])[],
  more: (writtenCount: number) => Feeds,
  count: number,
): Promise<Written[]> {
  const decoder = await openOnnx(file);
  const texts = prompts.map((): { ids: number[]; score: number } => ({ ids: [], score: 0 }));
  let ids = prompts;
  let past: Feeds = decodeOnnx(file, "the decoder").graph.inputs.flatMap(({ name, shape }) => {
    if (!name.startsWith("past_key_values.")) return [];
    const [, headCount, , headSize] = shape as [string, number, string, number];
    return [[name, float32([prompts.length, headCount, 0, headSize], [])] as const];
  });
  for (let written = 0; written < count; written++) {
    const outputs = await decoder.run(new Map([["input_ids", grid(ids)], ...more(written), ...past]));
    const { data, shape } = outputs.get("logits")!;
    const [, length, wordCount] = shape as [number, number, number];
    texts.forEach((text, row) => {
      const end = (row + 1) * length * wordCount;
      const scores = data.slice(end - wordCount, end); // of what follows the last
      toLogProbabilities(scores);
      const best = argmax(scores);
      text.ids.push(best);
      text.score += scores[best]!;
    });
    ids = texts.map((text) => [text.ids.at(-1)!]);
    past = [...outputs].flatMap(([name, tensor]) =>
      name === "logits" ? [] : [[name.replace("present", "past_key_values"), tensor] as const],
    );
  }
  await decoder.close();
  return texts;
}

/** What the decoder of an encoder-decoder begins with. */
function startToken(config: JsonObject): number {
  const id = config["decoder_start_token_id"];
  return typeof id === "number" ? id : 0;
}

function grid(rows: readonly (readonly number[])[]): Tensor {
  return int64([rows.length, rows[0]!.length], rows.flat());
}

function rowsOf({ shape, data }: Tensor<"int64">): number[][] {
  const [rowCount, length] = shape as [number, number];
  return Array.from({ length: rowCount }, (_, row) =>
    Array.from(data.subarray(row * length, (row + 1) * length), Number),
  );
}
