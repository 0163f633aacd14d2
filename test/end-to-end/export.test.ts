import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { int64, type Tensor } from "../../src/base/index.js";
import { decodeOnnx } from "../../src/formats/onnx/index.js";
import { quantizeColumns } from "../../src/formats/onnx/quantize-onnx.js";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { type ExportOptions, exportModel, fineTune, loadTokenizer } from "../../src/workflows/index.js";
import { runOnnx } from "../../src/workflows/run-onnx.js";
import { needs, sharedJson, sharedPath } from "../shared.js";
import { tinyWorld } from "./tiny-model.js";
import { writeTinyWriter } from "./tiny-writer.js";

const golden = "golden/embeddings/minilm_sentences";
const miniLm = "models/all-MiniLM-L6-v2";

describe("export to ONNX", () => {
  test("writes the layout that others load, with the same numbers; int8 beside it", async (t) => {
    const { model, train, path } = await tinyWorld(t);
    await fineTune({ model, train, outputDirectory: path("tuned"), epochs: 2, learningRate: 3e-3 });
    const outputDirectory = path("exported");
    const { head, files } = await exportModel({ model: path("tuned"), quantize: "int8", outputDirectory });
    assert.equal(head, "sequence-classification");
    const [plain, quantized] = files;
    assert.deepEqual([plain!.file, quantized!.file], ["onnx/model.onnx", "onnx/model_quantized.onnx"]);
    assert.ok(plain!.largestDifference < 1e-5, `${plain!.largestDifference}`);
    assert.equal(plain!.changedRows, 0);
    assert.equal(plain!.rowCount, 8);
    assert.ok(
      quantized!.largestDifference < 0.1 * quantized!.largestOutput,
      `${quantized!.largestDifference}`,
    );
    assert.ok(quantized!.largestDifference > 0);
    const weightBytes = async (file: string): Promise<number> => {
      const { graph } = decodeOnnx(await readFile(join(outputDirectory, file)), file);
      return [...graph.initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    };
    const [before, after] = [await weightBytes(plain!.file), await weightBytes(quantized!.file)];
    assert.ok(after < 0.4 * before, `${after} of ${before} bytes`);
    const names = await readdir(outputDirectory);
    for (const name of ["config.json", "onnx", "tokenizer.json", "vocab.txt"])
      assert.ok(names.includes(name), name);
    const { graph } = decodeOnnx(await readFile(join(outputDirectory, "onnx", "model.onnx")), "model.onnx");
    assert.deepEqual(
      graph.inputs.map(({ name, shape }) => [name, ...shape]),
      ["input_ids", "token_type_ids", "attention_mask"].map((name) => [
        name,
        "batch_size",
        "sequence_length",
      ]),
    );
    assert.deepEqual(
      graph.outputs.map(({ name }) => name),
      ["logits"],
    );
    assert.ok(
      graph.nodes.every(({ domain }) => domain === ""),
      "nothing that only ONNX Runtime knows",
    );
    await assert.rejects(
      exportModel({ model: path("tuned"), outputDirectory }),
      /expected a new or empty folder/,
    );
  });

  test("int8 within ranges that are measured on texts", async (t) => {
    const { model, train, validation, path } = await tinyWorld(t);
    const asked = { model, quantize: "int8" } as const;
    await fineTune({ ...{ model, train, outputDirectory: path("tuned") }, epochs: 2, learningRate: 3e-3 });
    const { files, calibrationTextCount } = await exportModel({
      ...{
        ...asked,
        calibrationFiles: [validation],
        model: path("tuned"),
        outputDirectory: path("exported"),
      },
    });
    assert.equal(calibrationTextCount, 20);
    const [plain, quantized] = files;
    assert.ok(plain!.largestDifference < 1e-5, `${plain!.largestDifference}`);
    const { largestDifference, largestOutput } = quantized!;
    assert.ok(largestDifference > 0 && largestDifference < 0.1 * largestOutput, `${largestDifference}`);
    const { graph } = decodeOnnx(await readFile(join(path("exported"), quantized!.file)), quantized!.file);
    const types = new Set(graph.nodes.map(({ type }) => type));
    assert.ok(types.has("QuantizeLinear") && !types.has("DynamicQuantizeLinear"), [...types].join(" "));
    const refused = async (changes: Partial<ExportOptions>, message: RegExp): Promise<void> => {
      const options = { ...asked, calibrationFiles: [validation], outputDirectory: path("none"), ...changes };
      await assert.rejects(exportModel(options), message);
    };
    await refused({ quantize: "none" }, /--calibration-file: expected --quantize int8/);
    await writeFile(path("empty.txt"), "");
    await refused({ calibrationFiles: [path("empty.txt")] }, /expected texts, got none/);
    await refused({ textColumn: "sentence" }, /sentence/);
    const writer = await writeTinyWriter(path("writer"), "gpt2");
    await refused({ model: writer }, /expected a model that reads one text, got one for causal-lm/);
  });

  test("a tokenizer with more tokens than the model gives it their rows", async (t) => {
    const { model, path } = await tinyWorld(t);
    const tokenizer = await loadTokenizer(model);
    const known = tokenizer.vocabularySize;
    tokenizer.addTokens(["rootstock", "scion"]);
    for (const [name, content] of tokenizer.toFiles()) await writeFile(join(model, name), content);
    const { notes } = await exportModel({ model, quantize: "int8", outputDirectory: path("exported") });
    assert.deepEqual(notes, ["2 tokens are not in the checkpoint; their rows begin as the mean of all"]);
    const config = JSON.parse(await readFile(join(path("exported"), "config.json"), "utf8"));
    assert.equal(config.vocab_size, known + 2);
    for (const form of ["model", "model_quantized"]) {
      const bytes = await readFile(join(path("exported"), "onnx", `${form}.onnx`));
      const row = (value: number): Tensor => int64([1, 2], [value, value]);
      const feeds = { input_ids: known + 1, attention_mask: 1, token_type_ids: 0 };
      await runOnnx(bytes, new Map(Object.entries(feeds).map(([name, value]) => [name, row(value)])));
    }
  });

  for (const ranges of ["found as texts come", "measured before"])
    test(
      `int8 keeps the likeness of sentences, its ranges ${ranges}`,
      needs(`${golden}.json`, miniLm),
      async (t) => {
        const { path } = await tinyWorld(t);
        const { sentences } = sharedJson(`${golden}.json`) as { sentences: string[] };
        await writeFile(path("texts.txt"), sentences.slice(12).join("\n"));
        await exportModel({
          ...{ model: sharedPath(miniLm), quantize: "int8", outputDirectory: path("minilm") },
          ...(ranges === "measured before" ? { calibrationFiles: [path("texts.txt")] } : {}),
        });
        const bytes = await readFile(join(path("minilm"), "onnx", "model_quantized.onnx"));
        const tokenizer = await loadTokenizer(path("minilm"));
        const expected = (await readSafetensorsFile(sharedPath(`${golden}.safetensors`))).get("embeddings")!;
        let worst = 1;
        for (const [i, sentence] of sentences.slice(0, 12).entries()) {
          const { ids } = tokenizer.encode(sentence, { maxLength: 256 });
          const row = (numbers: readonly number[]): Tensor => int64([1, ids.length], numbers);
          const feeds = new Map([
            ["input_ids", row([...ids])],
            ["attention_mask", row(Array.from(ids, () => 1))],
            ["token_type_ids", row(Array.from(ids, () => 0))],
          ]);
          const hidden = (await runOnnx(bytes, feeds)).get("last_hidden_state")!.data as Float32Array;
          const mean = new Float64Array(384);
          for (let k = 0; k < hidden.length; k++) mean[k % 384]! += hidden[k]!;
          const size = Math.hypot(...mean);
          const cosine = mean.reduce(
            (sum, value, k) => sum + (value / size) * Number(expected.data[i * 384 + k]),
            0,
          );
          worst = Math.min(worst, cosine);
        }
        assert.ok(worst > 0.97, `${worst}`);
      },
    );

  test("a column is rounded to 255 steps of its own", () => {
    const weight = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, -2, 0, 0.5, 1, 0) } as const;
    const columns = quantizeColumns(weight, false);
    assert.deepEqual([...columns.values.data], [127, -127, 0, 64, 64, 0]);
    assert.deepEqual([...columns.scales.data], [Math.fround(1 / 127), Math.fround(2 / 127), 1]);
    const transposed = quantizeColumns({ ...weight, shape: [3, 2] }, true);
    assert.deepEqual(transposed.values.shape, [2, 3]);
    assert.deepEqual([...transposed.values.data], [64, 0, 127, -127, 127, 0]);
  });
});
