import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileError, int64, OptionError, Random, type Tensor, toNumbers } from "../base/index.js";
import { input, leaves, nameOf, toOnnx, type Value } from "../engine/index.js";
import { openRuntime } from "../engine/runtimes/node.js";
import { encodeOnnx, type OnnxModel, quantizeOnnx } from "../formats/onnx/index.js";
import { writeDirectoryAtomically } from "../hub/index.js";
import { type Head, headOf, type ModelInputs } from "../models/index.js";
import { forInference } from "../nn/index.js";
import { labelsOfConfig } from "../tasks/labels.js";
import { type OpenModel, openModel, vocabularyNotes } from "./open-model.js";
import { openTokenizer } from "./open-tokenizer.js";
import { type ExportOptions, exportRows } from "./options-export.js";
import { checkOptions } from "./options-resolve.js";
import { runOnnx } from "./run-onnx.js";
import { finishedWeights } from "./session.js";

/** A file that was written, and how its outputs compare with those of our own runtime on the same random inputs. */
export interface ExportedFile {
  /** Within the output directory: `onnx/model.onnx`. */
  readonly file: string;
  readonly bytes: number;
  /** The largest |theirs - ours| over all outputs, and the largest |ours|. */
  readonly largestDifference: number;
  readonly largestOutput: number;
  /** Of outputs that are classes: how many of the random rows have another likeliest class. */
  readonly changedRows: number;
  readonly rowCount: number;
}

export interface ExportResult {
  readonly outputDirectory: string;
  readonly description: string;
  readonly head: Head;
  /** What is not as in the checkpoint, for people. */
  readonly notes: readonly string[];
  readonly files: readonly ExportedFile[];
}

/** The names that Python's exporters and transformers.js use. */
const inputNames = { ids: "input_ids", mask: "attention_mask", typeIds: "token_type_ids" } as const;
const outputNames: Readonly<Record<string, string>> = {
  lastHidden: "last_hidden_state",
  pooled: "pooler_output",
  startLogits: "start_logits",
  endLogits: "end_logits",
};

/**
 * Write a model as ONNX, in the layout that ONNX Runtime's users and transformers.js expect: config.json and tokenizer
 * files, `onnx/model.onnx`, and with `quantize` also `onnx/model_quantized.onnx`. What was written is read again, run,
 * and compared.
 *
 * ```ts
 * const { files } = await exportModel({ model: "my-model", quantize: "int8", outputDirectory: "my-model-onnx" });
 * ```
 */
export async function exportModel(options: ExportOptions): Promise<ExportResult> {
  checkOptions(exportRows, options);
  const { outputDirectory, overwrite = false, quantize = "none" } = options;
  const there = await readdir(outputDirectory).catch(() => []);
  if (there.length > 0 && !overwrite)
    throw new OptionError(
      `--output-dir ${outputDirectory}: expected a new or empty folder, got one with files`,
      {
        hint: "name another, or say --overwrite",
      },
    );
  const tokenizer = await openTokenizer({ ...options, tokenizer: options.tokenizer ?? options.model });
  const model = await openModel(options.model, { ...options, changes: { tokenizer } });
  const { head, outputs, inputs } = exportedGraph(model);
  const parameters = leaves([...outputs.values()], "parameter");
  const weights = await finishedWeights(model, parameters);
  const plain = withWeights(outputs, weights);
  const forms = new Map<string, OnnxModel>([["onnx/model.onnx", plain]]);
  if (quantize === "int8") forms.set("onnx/model_quantized.onnx", quantizeOnnx(plain).model);

  const feeds = randomFeeds(inputs, model.network.vocabularySize, Math.min(24, model.network.maxLength));
  const program = await (await openRuntime()).compile(outputs);
  const expected = await program.run(new Map([...feeds, ...weights]));
  await program.close();
  const files: ExportedFile[] = [];
  await writeDirectoryAtomically(outputDirectory, async (directory) => {
    await mkdir(join(directory, "onnx"));
    for (const [file, form] of forms) {
      const bytes = encodeOnnx(form);
      await writeFile(join(directory, file), bytes);
      files.push({ file, bytes: bytes.length, ...compare(expected, await runOnnx(bytes, feeds)) });
    }
    for (const [name, content] of tokenizer.toFiles()) await writeFile(join(directory, name), content);
    await writeFile(join(directory, "config.json"), `${JSON.stringify(model.config, null, 2)}\n`);
  });
  return {
    ...{ outputDirectory, description: model.network.description, head, files },
    notes: vocabularyNotes(model),
  };
}

interface ExportedGraph {
  readonly head: Head;
  readonly inputs: readonly Value[];
  readonly outputs: ReadonlyMap<string, Value>;
}

function exportedGraph({ architecture, network, config, configPath }: OpenModel): ExportedGraph {
  const head = headOf(architecture, config) ?? "none";
  if (head === "sequence-to-sequence" || head === "multiple-choice" || head === "permutation-lm")
    throw new FileError(configPath, `architectures: a model for ${head} cannot be exported yet`, {
      hint: "encoders and their heads can, and decoders as a whole text",
    });
  if (config["crf"] !== undefined)
    throw new FileError(configPath, "crf: a model that finds tags as a whole cannot be exported yet", {
      hint: "train it without --crf; what reads ONNX would take each tag by itself",
    });
  const symbols = ["batch_size", "sequence_length"];
  const ids = (name: string): Value => input(name, symbols, "int64");
  const inputs: ModelInputs = {
    ids: ids(inputNames.ids),
    mask: ids(inputNames.mask),
    typeIds: ids(inputNames.typeIds),
  };
  const labelCount = labelsOfConfig(config, configPath)?.length ?? 2;
  const { heads } = network.build(head, labelCount, inputs, forInference());
  const outputs = new Map([...heads].map(([name, value]) => [outputNames[name] ?? name, value]));
  return { head, inputs: leaves([...outputs.values()], "input"), outputs };
}

/** The graph with its weights inside. */
function withWeights(outputs: ReadonlyMap<string, Value>, weights: ReadonlyMap<string, Tensor>): OnnxModel {
  const fixed = new Set(leaves([...outputs.values()], "parameter").map(nameOf));
  const model = toOnnx(outputs, { contributedOps: false, outerValues: true, fixed });
  const { external: _, ...graph } = model.graph;
  return { ...model, graph: { ...graph, initializers: new Map([...graph.initializers, ...weights]) } };
}

/** Texts of random ids, one of them half as long as the others. */
function randomFeeds(inputs: readonly Value[], vocabularySize: number, length: number): Map<string, Tensor> {
  const random = new Random(1);
  const rowCount = 8;
  const lengths = Array.from({ length: rowCount }, (_, row) => (row === 1 ? Math.ceil(length / 2) : length));
  const grid = (value: (isToken: boolean) => number): Tensor =>
    int64(
      [rowCount, length],
      lengths.flatMap((own) => Array.from({ length }, (_, i) => value(i < own))),
    );
  const all: Record<string, Tensor> = {
    [inputNames.ids]: grid((isToken) => (isToken ? random.integer(vocabularySize) : 0)),
    [inputNames.mask]: grid(Number),
    [inputNames.typeIds]: grid(() => 0),
  };
  return new Map(inputs.map((value) => [nameOf(value), all[nameOf(value)]!]));
}

function compare(
  expected: ReadonlyMap<string, Tensor>,
  got: ReadonlyMap<string, Tensor>,
): Omit<ExportedFile, "file" | "bytes"> {
  let [largestDifference, largestOutput, changedRows, rowCount] = [0, 0, 0, 0];
  for (const [name, { dtype, data, shape }] of expected) {
    const ours = toNumbers(dtype, data);
    const theirs = toNumbers(dtype, got.get(name)!.data);
    ours.forEach((value, i) => {
      largestDifference = Math.max(largestDifference, Math.abs(value - theirs[i]!));
      largestOutput = Math.max(largestOutput, Math.abs(value));
    });
    if (name !== "logits") continue;
    const size = shape.at(-1)!;
    for (let start = 0; start < ours.length; start += size) {
      rowCount++;
      const best = (numbers: ArrayLike<number>): number => {
        let at = 0;
        for (let i = 1; i < size; i++) if (numbers[start + i]! > numbers[start + at]!) at = i;
        return at;
      };
      if (best(ours) !== best(theirs)) changedRows++;
    }
  }
  return { largestDifference, largestOutput, changedRows, rowCount };
}
