import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { writeEmbeddings } from "../../src/workflows/embedding-files.js";
import {
  loadEmbedder,
  loadGenerator,
  loadScorer,
  loadTokenizer,
  lookAtAttention,
} from "../../src/workflows/index.js";
import { needs, sharedJson, sharedPath } from "../shared.js";
import { tinyWorld } from "./tiny-model.js";
import { writeTinyWriter } from "./tiny-writer.js";

const golden = "golden/embeddings/minilm_sentences";
const miniLm = "models/all-MiniLM-L6-v2";

describe("embedding texts", () => {
  test("a token that the model has no row for is refused, in all uses; other texts are not", async (t) => {
    const { model, path } = await tinyWorld(t);
    const tokenizer = await loadTokenizer(model);
    tokenizer.addTokens(["rootstock"]);
    const files = [...tokenizer.toFiles()];
    const writer = await writeTinyWriter(path("writer"), "gpt2");
    for (const directory of [model, writer])
      for (const [name, content] of files) await writeFile(join(directory, name), content);
    const refused =
      /^DataError: token rootstock: expected one of the \d+ that .* has rows for, got number \d+/;
    const embedder = await loadEmbedder(model, { threads: 1 });
    await assert.rejects(embedder.embed(["a good rootstock"]), refused);
    assert.equal((await embedder.embed(["a good film"])).length, 1);
    await embedder.close();
    const generator = await loadGenerator(writer, { threads: 1 });
    await assert.rejects(generator.generate("a good rootstock", { maxNewTokens: 2 }), refused);
    await generator.close();
    const scorer = await loadScorer(writer, { threads: 1 });
    await assert.rejects(scorer.score(["a good rootstock"]), refused);
    await scorer.close();
    const outputFile = path("attention.html");
    await assert.rejects(lookAtAttention({ model, texts: ["a rootstock"], outputFile }), refused);
  });

  test("gives the vectors of sentence-transformers", needs(`${golden}.json`, miniLm), async () => {
    const { sentences, max_seq_length } = sharedJson(`${golden}.json`);
    const expected = (await readSafetensorsFile(sharedPath(`${golden}.safetensors`))).get("embeddings")!;
    const embedder = await loadEmbedder(sharedPath(miniLm));
    try {
      assert.match(embedder.description, /mean of the tokens, length 1, at most 256 tokens/);
      assert.equal(max_seq_length, 256);
      const embedded = await embedder.embed(sentences);
      embedded.forEach(({ text, embedding }, i) => {
        assert.equal(text, sentences[i]);
        embedding.forEach((value, k) => {
          const golden = Number(expected.data[i * 384 + k]);
          assert.ok(Math.abs(value - golden) < 2e-6, `sentence ${i} [${k}]: ${value}, expected ${golden}`);
        });
      });
    } finally {
      await embedder.close();
    }
  });

  test("a vector does not depend on what is embedded with it; what is cut off is counted", async (t) => {
    const { model } = await tinyWorld(t);
    const embedder = await loadEmbedder(model, { maxLength: 6, pooling: "max", normalize: false });
    try {
      const [together, , long] = await embedder.embed([
        "a good film",
        "bad",
        "the story was good and the plot too",
      ]);
      const [alone] = await embedder.embed(["a good film"]);
      together!.embedding.forEach((value, i) => {
        assert.ok(Math.abs(value - alone!.embedding[i]!) < 1e-5);
      });
      assert.deepEqual([together!.truncatedCount, long!.truncatedCount], [0, 6]); // "too" is spelled by three letters
      assert.ok(Math.abs(Math.hypot(...alone!.embedding) - 1) > 0.1);
      assert.equal(embedder.size, 32);
      assert.deepEqual(await embedder.embed([]), []);
    } finally {
      await embedder.close();
    }
  });

  test("in 8-bit integers comes close, and is told", async (t) => {
    const { model } = await tinyWorld(t);
    const texts = ["a good film", "bad", "the story was good"];
    const vectors = async (precision: "fp32" | "int8"): Promise<readonly Float32Array[]> => {
      const embedder = await loadEmbedder(model, { precision, threads: 1 });
      t.after(() => embedder.close());
      assert.match(embedder.runtime, precision === "int8" ? /\(cpu, int8, 1 thread\)/ : /\(cpu, 1 thread\)/);
      return (await embedder.embed(texts)).map(({ embedding }) => embedding);
    };
    const [exact, coarse] = [await vectors("fp32"), await vectors("int8")];
    for (const [i, vector] of exact.entries()) {
      const cosine = vector.reduce((sum, value, k) => sum + value * coarse[i]![k]!, 0);
      assert.ok(cosine > 0.98 && cosine < 1 - 1e-9, `${cosine}`);
    }
    await assert.rejects(loadEmbedder(model, { precision: "int8", runtime: "reference" }), {
      message: /--precision int8: expected --runtime onnxruntime, got reference/,
    });
  });

  test("is written as safetensors, NumPy and JSON lines", async (t) => {
    const { path } = await tinyWorld(t);
    const texts = [
      [1, 2, 3],
      [0.1, -0.5, 4],
    ].map((numbers, i) => ({
      ...{ text: `text ${i}`, embedding: Float32Array.from(numbers), truncatedCount: i },
    }));
    for (const ending of [".safetensors", ".npy", ".jsonl"])
      await writeEmbeddings(path(`v${ending}`), texts, 3);
    const tensors = await readSafetensorsFile(path("v.safetensors"));
    assert.deepEqual(tensors.get("embeddings")!.shape, [2, 3]);
    const npy = await readFile(path("v.npy"));
    assert.equal(npy.subarray(1, 6).toString("latin1"), "NUMPY");
    const start = 10 + npy.readUInt16LE(8);
    assert.equal(start % 64, 0);
    assert.match(npy.subarray(10, start).toString("latin1"), /'descr': '<f4'.*'shape': \(2, 3\).*\n$/);
    assert.equal(npy.readFloatLE(start + 4 * 4), -0.5);
    assert.equal(npy.length, start + 24);
    const lines = (await readFile(path("v.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(lines[1], { text: "text 1", embedding: [0.1, -0.5, 4], truncated: true });
  });

  test("a model with layers behind its pooling is refused", async (t) => {
    const { model } = await tinyWorld(t);
    const module = (type: string, path: string): object => ({
      type: `sentence_transformers.models.${type}`,
      path,
    });
    await writeFile(
      join(model, "modules.json"),
      JSON.stringify([module("Transformer", ""), module("Dense", "2_Dense")]),
    );
    await assert.rejects(
      loadEmbedder(model),
      /expected modules Transformer, Pooling and Normalize, got Dense/,
    );
    await writeFile(join(model, "modules.json"), JSON.stringify([module("Pooling", "1_Pooling")]));
    await mkdir(join(model, "1_Pooling"));
    await writeFile(
      join(model, "1_Pooling", "config.json"),
      JSON.stringify({ pooling_mode_max_tokens: true }),
    );
    const embedder = await loadEmbedder(model);
    assert.match(embedder.description, /max of the tokens, at most 48 tokens/);
    await embedder.close();
  });
});
