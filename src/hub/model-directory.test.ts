import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { needs, sharedPath } from "../../test/shared.js";
import { asFloat32, FileError, float32, int64, sizeOf, type Tensor, tensor } from "../base/index.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/index.js";
import { readSafetensorsFile, readSafetensorsHeader } from "./files-weights.js";
import { openModelDirectory } from "./model-directory.js";
import { writeModelDirectory, writeModelFiles } from "./save-model.js";

const weights = new Map<string, Tensor>([
  [
    "e",
    float32(
      [10],
      Array.from({ length: 10 }, (_, i) => i / 4),
    ),
  ],
  ["a", float32([30], new Float32Array(30).fill(-1.5))],
  ["b", float32([2, 4], new Float32Array(8).fill(0.1))],
  ["big", float32([100], new Float32Array(100).fill(2))],
  ["c", float32([4], new Float32Array(4))],
  ["d", float32([20], new Float32Array(20).fill(1e-3))],
  ["position_ids", int64([3], [0, 1, 2])],
]);

describe("model directories", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tsugiki-models-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("whole numbers that Python takes for floats are written as such", async () => {
    const path = join(folder, "floats");
    const config = {
      encoder_layerdrop: 0,
      layer_norm_eps: 1e-12,
      num_layers: 1,
      scaling: { factor: 8 },
      a: [0],
    };
    await writeModelDirectory(path, { config, weights });
    const text = readFileSync(join(path, "config.json"), "utf8");
    assert.deepEqual(
      text.split("\n").flatMap((line) => /^ *("\w+": [\de.-]+),?$/.exec(line)?.[1] ?? []),
      ['"encoder_layerdrop": 0.0', '"layer_norm_eps": 1e-12', '"num_layers": 1', '"factor": 8.0'],
    );
    assert.deepEqual(JSON.parse(text), config);
  });

  test("what is written is read back", async () => {
    const path = join(folder, "new", "model");
    const files = new Map<string, string | Uint8Array>([["vocab.txt", "[PAD]\n言葉\n"]]);
    await writeModelDirectory(path, {
      config: { model_type: "bert", nested: { a: [1, null] } },
      weights,
      files,
    });
    assert.deepEqual(readdirSync(path).sort(), ["config.json", "model.safetensors", "vocab.txt"]);
    assert.deepEqual(readdirSync(join(folder, "new")), ["model"]);
    const directory = await openModelDirectory(path);
    assert.equal(JSON.stringify(directory.config), '{"model_type":"bert","nested":{"a":[1,null]}}');
    assert.deepEqual(sorted(await directory.readWeights()), sorted(weights));
    assert.equal(await directory.readText("vocab.txt"), "[PAD]\n言葉\n");
    assert.equal(await directory.readText("merges.txt"), undefined);
    const header = await readSafetensorsHeader(join(path, "model.safetensors"));
    assert.deepEqual(header.metadata, new Map([["format", "pt"]]));
    assert.deepEqual(header.entries.get("b")?.shape, [2, 4]);
  });

  test("weights beyond the bound are divided as Python divides them, and read as one", async () => {
    const path = join(folder, "sharded");
    const { position_ids: _, ...rest } = Object.fromEntries(weights);
    const floats = new Map(Object.entries(rest));
    await writeModelDirectory(path, { config: {}, weights: floats }, { maxShardSize: 100 });
    const index = readFileSync(join(path, "model.safetensors.index.json"), "utf8");
    // huggingface_hub.split_torch_state_dict_into_shards(..., max_shard_size=100), written as save_pretrained does
    assert.equal(
      index,
      `{
  "metadata": {
    "total_parameters": 172,
    "total_size": 688
  },
  "weight_map": {
    "a": "model-00001-of-00004.safetensors",
    "b": "model-00003-of-00004.safetensors",
    "big": "model-00002-of-00004.safetensors",
    "c": "model-00003-of-00004.safetensors",
    "d": "model-00004-of-00004.safetensors",
    "e": "model-00003-of-00004.safetensors"
  }
}
`,
    );
    assert.equal(readdirSync(path).length, 6);
    assert.deepEqual(sorted(await (await openModelDirectory(path)).readWeights()), sorted(floats));
  });

  test("writing again in place removes the weight files that are no longer the model's", async () => {
    const path = join(folder, "rewritten");
    mkdirSync(path);
    writeFileSync(join(path, "notes.txt"), "kept");
    for (const maxShardSize of [100, 200, 1e9, 100]) {
      await writeModelFiles(path, { config: { maxShardSize }, weights }, { maxShardSize });
      assert.deepEqual(sorted(await (await openModelDirectory(path)).readWeights()), sorted(weights));
      const files = readdirSync(path);
      assert.ok(files.includes("notes.txt"));
      assert.equal(files.includes("model.safetensors"), maxShardSize === 1e9);
      assert.equal(files.includes("model.safetensors.index.json"), maxShardSize !== 1e9);
      assert.ok(!files.some((name) => name.includes("unfinished")));
    }
    await writeModelDirectory(path, { config: {}, weights });
    assert.deepEqual(readdirSync(path).sort(), ["config.json", "model.safetensors"]);
  });

  test("half width is written and read as float32; integers stay", async () => {
    for (const dtype of ["float16", "bfloat16"] as const) {
      const path = join(folder, dtype);
      await writeModelDirectory(path, { config: {}, weights }, { dtype });
      const stored = await readSafetensorsFile(join(path, "model.safetensors"));
      assert.equal(stored.get("b")?.dtype, dtype);
      const read = await (await openModelDirectory(path)).readWeights();
      for (const [name, given] of weights) {
        const expected = given.dtype === "int64" ? given : asFloat32(stored.get(name)!);
        assert.deepEqual(read.get(name), expected, name);
      }
      assert.equal(read.get("b")!.data[0], dtype === "float16" ? 0.0999755859375 : 0.10009765625);
    }
  });

  test("every half-width number is read as what it stands for, and double width as float32", async () => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const path = join(folder, "all-halves");
    const all = new Map<string, Tensor>([
      ["bfloat16", tensor("bfloat16", [2 ** 16], bits)],
      ["float16", tensor("float16", [2 ** 16], bits)],
      ["float64", tensor("float64", [2], Float64Array.of(0.1, -1e300))],
    ]);
    await writeModelDirectory(path, { config: {}, weights: all });
    const read = await (await openModelDirectory(path)).readWeights();
    for (const [name, given] of all) assert.deepEqual(read.get(name), asFloat32(given), name);
  });

  test("a weight that float16 cannot hold is refused before anything is written", async () => {
    const path = join(folder, "overflow");
    const large = new Map([["w", float32([2], [1, 70000])]]);
    await assert.rejects(writeModelDirectory(path, { config: {}, weights: large }, { dtype: "float16" }), {
      name: "OptionError",
      message: "weight w: expected numbers that float16 can hold, got 70000",
    });
    assert.ok(!existsSync(path));
    assert.ok(!readdirSync(folder).some((name) => name.includes("overflow")));
  });

  test("other forms of weights are refused with a way out", async () => {
    const refused = [
      "pytorch_model.bin",
      "pytorch_model-00001-of-00002.bin",
      "model.pt",
      "weights.pkl",
      "tf_model.h5",
      "flax_model.msgpack",
    ];
    for (const [i, file] of refused.entries()) {
      const path = join(folder, `refused-${i}`);
      mkdirSync(path);
      writeFileSync(join(path, "config.json"), "{}");
      writeFileSync(join(path, file), "never read");
      const directory = await openModelDirectory(path);
      await assert.rejects(directory.readWeights(), (error: unknown) => {
        assert.ok(error instanceof FileError);
        assert.ok(error.message.startsWith(`${path}: the only weights are ${file}, `), error.message);
        assert.match(error.hint!, /revision.*refs\/pr\/1.*(weights_only=True|save_pretrained)/s);
        return true;
      });
    }
  });

  test("a folder above the model names the one below", async () => {
    const path = join(folder, "above");
    mkdirSync(join(path, "below"), { recursive: true });
    writeFileSync(join(path, "below", "config.json"), "{}");
    await assert.rejects(openModelDirectory(path), {
      message: `${path}: expected config.json, got none`,
      hint: `did you mean ${join(path, "below")}?`,
    });
  });

  const real = "models/all-MiniLM-L6-v2";
  test(`${real} is read and written as the same bytes`, needs(`${real}/model.safetensors`), async () => {
    const directory = await openModelDirectory(sharedPath(real));
    assert.equal(directory.config["model_type"], "bert");
    const read = await directory.readWeights();
    const bytes = readFileSync(sharedPath(`${real}/model.safetensors`));
    assert.deepEqual(read, decodeSafetensors(bytes, real).tensors);
    assert.equal(
      [...read.values()].reduce((total, { shape }) => total + sizeOf(shape), 0),
      22_713_728,
    );
    await writeModelDirectory(join(folder, "minilm"), { config: directory.config, weights: read });
    assert.ok(readFileSync(join(folder, "minilm", "model.safetensors")).equals(bytes));
  });

  test("every golden checkpoint opens and is written as the same bytes", needs("golden/models"), async () => {
    const names = readdirSync(sharedPath("golden/models"));
    assert.ok(names.length >= 37);
    for (const name of names) {
      const path = sharedPath(`golden/models/${name}`);
      const directory = await openModelDirectory(path);
      const read = await directory.readWeights();
      const written = Buffer.concat(encodeSafetensors(read, new Map([["format", "pt"]])));
      assert.ok(readFileSync(join(path, "model.safetensors")).equals(written), name);
    }
  });
});

function sorted(tensors: ReadonlyMap<string, Tensor>): [string, Tensor][] {
  return [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
}
