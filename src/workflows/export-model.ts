import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OptionError, type Tensor } from "../base/index.js";
import { leaves, nameOf, toOnnx } from "../engine/index.js";
import { withNumbers } from "../engine/runtimes/fixed-parameters.js";
import { encodeOnnx, type OnnxModel, quantizeOnnx } from "../formats/onnx/index.js";
import { writeDirectoryAtomically } from "../hub/index.js";
import type { Head } from "../models/index.js";
import { calibrationFeeds, calibrationTexts, measureRanges } from "./export-calibration.js";
import { type Parity, parityCheck } from "./export-check.js";
import { exportedConfig } from "./export-config.js";
import { type ExportedGraph, exportedGraphs, withEmptySizes } from "./export-graphs.js";
import { openModel, vocabularyNotes } from "./open-model.js";
import { openTokenizer } from "./open-tokenizer.js";
import { type ExportOptions, exportRows } from "./options-export.js";
import { checkOptions } from "./options-resolve.js";
import { finishedWeights } from "./session.js";

/**
 * A file that was written, and how its outputs compare with those of our own runtime on the same random inputs: a
 * decoder's over whole texts and in two steps.
 */
export interface ExportedFile extends Parity {
  /** Within the output directory: `onnx/model.onnx`. */
  readonly file: string;
  readonly bytes: number;
}

export interface ExportResult {
  readonly outputDirectory: string;
  readonly description: string;
  readonly head: Head;
  /** On how many texts the ranges of static quantisation were measured; undefined of dynamic quantisation. */
  readonly calibrationTextCount: number | undefined;
  /** What is not as in the checkpoint, for people. */
  readonly notes: readonly string[];
  readonly files: readonly ExportedFile[];
}

/**
 * Write a model as ONNX, in the layout that ONNX Runtime's users and transformers.js expect: config.json and tokenizer
 * files, `onnx/model.onnx`, or of an encoder-decoder `onnx/encoder_model.onnx` and `onnx/decoder_model_merged.onnx`, and
 * with `quantize` also files whose names end in `_quantized`. What was written is read again, run, and compared.
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
  const texts = await calibrationTexts(options);
  const tokenizer = await openTokenizer({ ...options, tokenizer: options.tokenizer ?? options.model });
  const model = await openModel(options.model, { ...options, changes: { tokenizer } });
  const exported = exportedGraphs(model);
  const { head, files: graphs, whole } = exported;
  const parameters = leaves(
    [...graphs.flatMap(({ outputs }) => [...outputs.values()]), ...whole.values()],
    "parameter",
  );
  const weights = await finishedWeights(model, parameters);
  const feeds = texts && calibrationFeeds(texts, tokenizer, model, exported);
  const ranges = feeds && (await measureRanges(withWeights(graphs[0]!, weights), feeds));
  const check = await parityCheck(exported, model, weights);
  const generationConfig = await model.readText("generation_config.json");
  const files: ExportedFile[] = [];
  await writeDirectoryAtomically(outputDirectory, async (directory) => {
    await mkdir(join(directory, "onnx"));
    const write = async (ending: string, change: (plain: OnnxModel) => OnnxModel): Promise<void> => {
      const written = new Map(
        graphs.map((graph) => [graph.name, encodeOnnx(change(withWeights(graph, weights)))] as const),
      );
      const parities = await check.compare(written);
      for (const [name, bytes] of written) {
        const file = `onnx/${name}${ending}.onnx`;
        await writeFile(join(directory, file), bytes);
        files.push({ file, bytes: bytes.length, ...parities.get(name)! });
      }
    };
    await write("", (plain) => plain);
    if (quantize === "int8") await write("_quantized", (plain) => quantizeOnnx(plain, ranges).model);
    for (const [name, content] of tokenizer.toFiles()) await writeFile(join(directory, name), content);
    await writeFile(
      join(directory, "config.json"),
      `${JSON.stringify(exportedConfig(model, exported), null, 2)}\n`,
    );
    if (generationConfig !== undefined)
      await writeFile(join(directory, "generation_config.json"), generationConfig);
  });
  return {
    ...{ outputDirectory, description: model.network.description, head, files },
    calibrationTextCount: texts?.length,
    notes: [...vocabularyNotes(model), ...exported.notes],
  };
}

/** A graph with its weights inside. */
function withWeights({ name, outputs }: ExportedGraph, weights: ReadonlyMap<string, Tensor>): OnnxModel {
  const fixed = new Set(leaves([...outputs.values()], "parameter").map(nameOf));
  const target = { contributedOps: false, outerValues: true, fixed };
  const whole = withNumbers(toOnnx(outputs, target), weights);
  return name === "decoder_model_merged" ? withEmptySizes(whole) : whole;
}
