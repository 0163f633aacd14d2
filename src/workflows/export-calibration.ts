// Static quantisation: where the rows lie that a model multiplies with its matrices is measured before, on texts.
import { int64, OptionError, Random, type Tensor } from "../base/index.js";
import { encodeOnnx, multipliedRows, type OnnxModel, type ValueRange } from "../formats/onnx/index.js";
import { ValueHistogram } from "../formats/onnx/value-range.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { ExportedGraphs } from "./export-graphs.js";
import type { OpenModel } from "./open-model.js";
import type { ExportOptions } from "./options-export.js";
import { openOnnx } from "./run-onnx.js";
import { type TextInput, textInputs } from "./text-inputs.js";

/** On as many texts ranges are measured; more of them hardly move a range. */
const textLimit = 256;

/** The texts that options name; undefined where they name none. At most 256 of them, drawn evenly, always the same. */
export async function calibrationTexts(options: ExportOptions): Promise<readonly TextInput[] | undefined> {
  const { calibrationFiles: files, textColumn, pairColumn, quantize } = options;
  if (files === undefined) return undefined;
  if (quantize !== "int8")
    throw new OptionError("--calibration-file: expected --quantize int8 beside it, got none");
  const columns = {
    ...(textColumn === undefined ? {} : { textColumn }),
    ...(pairColumn === undefined ? {} : { pairColumn }),
  };
  const random = new Random(1);
  const kept: TextInput[] = [];
  let count = 0;
  for await (const text of textInputs({ files, ...columns }, noInput())) {
    const place = count < textLimit ? count : random.integer(count + 1);
    if (place < textLimit) kept[place] = text;
    count++;
  }
  if (count > 0) return kept;
  throw new OptionError(`--calibration-file ${files.join(" ")}: expected texts, got none`);
}

async function* noInput(): AsyncGenerator<Uint8Array> {}

/** What a model that reads whole texts is fed with, for each text alone, so that no padding is measured. */
export function calibrationFeeds(
  texts: readonly TextInput[],
  tokenizer: Tokenizer,
  { network }: OpenModel,
  { form, head }: ExportedGraphs,
): ReadonlyMap<string, Tensor>[] {
  if (form !== "whole" || head === "multiple-choice" || head === "permutation-lm")
    throw new OptionError(`--calibration-file: expected a model that reads one text, got one for ${head}`, {
      hint: "leave it out: ranges are then found as texts come",
    });
  const maxLength = Math.min(network.maxLength, tokenizer.modelMaxLength ?? Infinity);
  return texts.map(({ text, pair }) => {
    const { ids, typeIds } = tokenizer.encode(text, { maxLength, ...(pair === undefined ? {} : { pair }) });
    const row = (numbers: Int32Array): Tensor => int64([1, numbers.length], numbers);
    return new Map([
      ["input_ids", row(ids)],
      ["attention_mask", row(ids.map(() => 1))],
      ["token_type_ids", row(typeIds)],
    ]);
  });
}

/**
 * Where the rows lie that a model multiplies with its matrices. What lies so far out that the steps of all else would be
 * coarse for it is cut off.
 */
export async function measureRanges(
  model: OnnxModel,
  inputs: readonly ReadonlyMap<string, Tensor>[],
): Promise<ReadonlyMap<string, ValueRange>> {
  const names = multipliedRows(model);
  const session = await openOnnx(encodeOnnx(withOutputs(model, names)));
  const visit = async (see: (name: string, numbers: Float32Array) => void): Promise<void> => {
    for (const feeds of inputs) {
      const outputs = await session.run(feeds);
      for (const name of names) see(name, outputs.get(name)!.data);
    }
  };
  try {
    const whole = new Map<string, ValueRange>();
    await visit((name, numbers) => whole.set(name, widened(whole.get(name), numbers)));
    const histograms = new Map([...whole].map(([name, range]) => [name, new ValueHistogram(range)]));
    await visit((name, numbers) => histograms.get(name)!.add(numbers));
    return new Map([...histograms].map(([name, histogram]) => [name, histogram.nearestRange()]));
  } finally {
    await session.close();
  }
}

function withOutputs(model: OnnxModel, names: readonly string[]): OnnxModel {
  const known = new Set(model.graph.outputs.map(({ name }) => name));
  const rows = names
    .filter((name) => !known.has(name))
    .map((name) => ({ name, dtype: "float32" as const, shape: [`${name}:rows`, `${name}:size`] }));
  return { ...model, graph: { ...model.graph, outputs: [...model.graph.outputs, ...rows] } };
}

function widened(range: ValueRange | undefined, numbers: Float32Array): ValueRange {
  let { low, high } = range ?? { low: Infinity, high: -Infinity };
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return { low, high };
}
