import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { FileError, float32 } from "../base/index.js";
import { encodeSafetensors } from "../formats/index.js";
import { openModelDirectory } from "./model-directory.js";

// Damaged and hostile model directories: each must end in a FileError that begins with the path of the directory
// or of the file in it. A case is (what is wrong, the files, what the message must hold).

type Files = Readonly<Record<string, string | Uint8Array>>;
type Case = readonly [name: string, files: Files, expected: RegExp];

const weights = Buffer.concat(encodeSafetensors(new Map([["w", float32([2], [1, 2])]])));
const other = Buffer.concat(encodeSafetensors(new Map([["v", float32([2], [1, 2])]])));
const first = "model-00001-of-00002.safetensors";
const second = "model-00002-of-00002.safetensors";

const config = (content: string | Uint8Array): Files => ({
  "config.json": content,
  "model.safetensors": weights,
});

/** A directory with an index of this text, and two good shards. */
const index = (content: string | Uint8Array): Files => ({
  "config.json": "{}",
  "model.safetensors.index.json": content,
  [first]: weights,
  [second]: other,
});

/** A directory whose index puts tensor `w` into a file of this name. */
const shardName = (name: string): Files => index(JSON.stringify({ weight_map: { w: name } }));

const configs: readonly Case[] = [
  ["an empty config", config(""), /config\.json: expected JSON/],
  ["white space", config(" \n"), /config\.json: expected JSON/],
  ["an array", config("[]"), /config\.json: expected a JSON object, got an array/],
  ["null", config("null"), /expected a JSON object, got null/],
  ["a number", config("12"), /expected a JSON object, got number 12/],
  ["a string", config('"bert"'), /expected a JSON object, got string "bert"/],
  ["a config cut off", config('{"model_type": "be'), /config\.json: expected JSON/],
  ["a trailing comma", config('{"model_type": "bert",}'), /config\.json: expected JSON/],
  ["a comment", config('{"a": 1} // bert'), /config\.json: expected JSON/],
  ["YAML", config("model_type: bert\n"), /config\.json: expected JSON/],
  ["NaN", config('{"layer_norm_eps": NaN}'), /config\.json: expected JSON/],
  ["a merge conflict", config('<<<<<<< HEAD\n{"a": 1}\n'), /config\.json: expected JSON/],
  [
    "a Git LFS pointer",
    config("version https://git-lfs.github.com/spec/v1\n"),
    /config\.json: expected JSON/,
  ],
  ["an HTML page", config("<!doctype html>"), /config\.json: expected JSON/],
  ["NUL bytes", config(new Uint8Array(300)), /config\.json: expected JSON/],
  ["UTF-16", config(Buffer.from('\ufeff{"a": 1}', "utf16le")), /config\.json: expected UTF-8/],
  ["Shift_JIS", config(Buffer.from([0x7b, 0x22, 0x8c, 0xbe, 0x22, 0x7d])), /config\.json: expected UTF-8/],
  ["nesting a million deep", config("[".repeat(1e6)), /config\.json: expected JSON nested at most/],
  ["objects a thousand deep", config('{"a":'.repeat(1000)), /config\.json: expected JSON nested at most/],
  [
    "eleven megabytes",
    config(`{"a":"${"x".repeat(11e6)}"}`),
    /config\.json: expected at most 10000000 bytes/,
  ],
  ["no config", { "model.safetensors": weights }, /expected config\.json, got none/],
  ["an empty directory", {}, /expected config\.json, got none/],
  ["a config that is a directory", { "config.json/x": "{}" }, /expected config\.json, got none/],
  ["no weights", { "config.json": "{}" }, /expected weights .*got none/],
  [
    "an empty weight file",
    { "config.json": "{}", "model.safetensors": "" },
    /model\.safetensors: expected at least 8/,
  ],
  [
    "weights cut off",
    { "config.json": "{}", "model.safetensors": weights.subarray(0, -1) },
    /"w".*cut off\?/,
  ],
  [
    "weights with a byte too many",
    { "config.json": "{}", "model.safetensors": Buffer.concat([weights, weights]) },
    /belong to no tensor/,
  ],
  [
    "a pickle called safetensors",
    { "config.json": "{}", "model.safetensors": "PK\x03\x04\0\0\b\bmodel/data.pkl" },
    /at most 100000000/,
  ],
  [
    "a Git LFS pointer for weights",
    { "config.json": "{}", "model.safetensors": "version https://git-lfs.github.com/spec/v1\n" },
    /at most 100000000/,
  ],
];

const indexes: readonly Case[] = [
  ["an empty index", index(""), /index\.json: expected JSON/],
  ["an array", index("[]"), /index\.json: expected a JSON object, got an array/],
  ["an index cut off", index('{"weight_map":{"w":'), /index\.json: expected JSON/],
  ["not UTF-8", index(Buffer.from([0x7b, 0xff, 0x7d])), /index\.json: expected UTF-8/],
  ["nesting 300 deep", index(`{"weight_map":${"[".repeat(300)}`), /nested at most/],
  ["no weight_map", index("{}"), /index\.json: expected weight_map to be an object, got undefined/],
  ["weight_map that is null", index('{"weight_map":null}'), /weight_map to be an object, got null/],
  ["weight_map that is an array", index('{"weight_map":["w"]}'), /weight_map to be an object, got an array/],
  ["weight_map that is a string", index('{"weight_map":"w"}'), /weight_map to be an object, got string/],
  ["weight_map without tensors", index('{"weight_map":{}}'), /expected weight_map to name tensors, got none/],
  [
    "a weight_map of the prototype",
    index('{"__proto__":{"weight_map":{"w":"x"}}}'),
    /weight_map to be an object/,
  ],
  [
    "a file that is a number",
    index('{"weight_map":{"w":1}}'),
    /weight_map "w": expected a file name, got number 1/,
  ],
  ["a file that is null", index('{"weight_map":{"w":null}}'), /expected a file name, got null/],
  ["a file that is an object", index('{"weight_map":{"w":{}}}'), /expected a file name, got an object/],
  [
    "a tensor that is not in its shard",
    index(JSON.stringify({ weight_map: { w: second } })),
    /should hold the tensor "w"/,
  ],
  [
    "a tensor that is in no shard",
    index(JSON.stringify({ weight_map: { w: first, u: second } })),
    /should hold the tensor "u"/,
  ],
  [
    "__proto__ that is in no shard",
    index(`{"weight_map":{"w":"${first}","__proto__":"${first}"}}`),
    /should hold the tensor "__proto__"/,
  ],
  [
    "a shard that is not there",
    shardName("model-00003-of-00003.safetensors"),
    /model-00003-of-00003\.safetensors: no such file/,
  ],
  [
    "a tensor in two shards, one not of the index",
    {
      ...index(JSON.stringify({ weight_map: { w: first, v: second } })),
      [second]: Buffer.concat(
        encodeSafetensors(
          new Map([
            ["v", float32([1], [1])],
            ["w", float32([1], [1])],
          ]),
        ),
      ),
    },
    /the tensor w is in another shard too/,
  ],
  [
    "a damaged shard",
    { ...index(JSON.stringify({ weight_map: { w: first } })), [first]: "{}" },
    /model-00001-of-00002\.safetensors: expected at least 8/,
  ],
  [
    "an index only",
    { "config.json": "{}", "model.safetensors.index.json": JSON.stringify({ weight_map: { w: first } }) },
    /no such file/,
  ],
];

const shardNames: readonly Case[] = [
  ["the folder above", shardName("../model.safetensors"), /holds the part "\.\."/],
  ["the folder above, hidden", shardName("x/../../model.safetensors"), /holds the part "\.\."/],
  ["the folder itself", shardName("./model.safetensors"), /holds the part "\."/],
  ["an absolute path", shardName("/etc/model.safetensors"), /is absolute/],
  ["two slashes", shardName("//host/model.safetensors"), /is absolute/],
  ["a drive", shardName("C:/model.safetensors"), /drive letter/],
  ["a drive without slash", shardName("d:model.safetensors"), /drive letter/],
  ["a backslash", shardName("..\\model.safetensors"), /backslash/],
  ["a Windows share", shardName("\\\\host\\share\\model.safetensors"), /backslash/],
  ["NUL", shardName("model.safetensors\0.txt"), /control character/],
  ["a newline", shardName("model\n.safetensors"), /control character/],
  ["an empty name", shardName(""), /is empty/],
  ["an empty part", shardName("x//model.safetensors"), /holds the part ""/],
  ["a trailing slash", shardName("model.safetensors/"), /holds the part ""/],
  ["a device of Windows", shardName("CON.safetensors"), /reserved name/],
  ["another device of Windows", shardName("nul.safetensors"), /reserved name/],
  ["a folder", shardName("shards/model.safetensors"), /lies in another folder/],
  ["a pickle", shardName("pytorch_model.bin"), /expected a \.safetensors file/],
  ["a URL", shardName("https://host/model.safetensors"), /holds the part ""/],
  [
    "a name of 100,000 letters",
    shardName(`${"x".repeat(1e5)}.bin`),
    /expected a \.safetensors file, got "x{100}"/,
  ],
];

describe("malformed model directories", () => {
  let folder: string;
  let count = 0;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tsugiki-malformed-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(files: Files): string {
    const path = join(folder, String(count++));
    mkdirSync(path);
    for (const [name, content] of Object.entries(files)) {
      if (name.includes("/")) mkdirSync(join(path, name, ".."), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    return path;
  }

  async function refused(path: string, expected: RegExp): Promise<void> {
    await assert.rejects(
      async () => (await openModelDirectory(path)).readWeights(),
      (error: unknown) => {
        assert.ok(error instanceof FileError, `expected a FileError, got ${error}`);
        assert.ok(error.message.startsWith(path), error.message);
        assert.match(error.message, expected);
        assert.ok(error.message.length < 600, `a message of ${error.message.length} characters`);
        return true;
      },
    );
  }

  for (const [group, cases] of Object.entries({ configs, indexes, shardNames })) {
    for (const [name, files, expected] of cases) {
      test(`${group}: ${name}`, () => refused(write(files), expected));
    }
  }

  test("the good files of this page, whose changes are refused above, are read", async () => {
    const good = index(JSON.stringify({ weight_map: { w: first, v: second } }));
    assert.equal((await (await openModelDirectory(write(good))).readWeights()).size, 2);
    assert.equal((await (await openModelDirectory(write(config("{}")))).readWeights()).size, 1);
    assert.equal((await (await openModelDirectory(write(config("\ufeff{}")))).readWeights()).size, 1);
  });

  test("a file instead of a directory", () =>
    refused(join(write(config("{}")), "config.json"), /got a file/));

  test("nothing at all", () => refused(join(folder, "nowhere"), /no such directory/));

  test("a link that leads nowhere", () => {
    const path = write({ "config.json": "{}" });
    symlinkSync("nowhere", join(path, "model.safetensors"));
    return refused(path, /expected weights/);
  });

  test("a link to itself", () => {
    const path = write({ "config.json": "{}" });
    symlinkSync("model.safetensors", join(path, "model.safetensors"));
    return refused(path, /model\.safetensors: cannot be read: ELOOP/);
  });

  test("a named pipe is not waited for", { skip: process.platform === "win32" }, () => {
    const path = write({ "model.safetensors": weights });
    execFileSync("mkfifo", [join(path, "config.json")]);
    return refused(path, /expected config\.json, got none/);
  });
});
