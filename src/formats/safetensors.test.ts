import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { needs, shared, sharedPath } from "../../test/shared.js";
import { FileError, float32, type Tensor, tensor } from "../base/index.js";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";

/** Written by Python's safetensors (torch.save_file) from `everyType` and the metadata {"format": "pt"}. */
const fromPython = Buffer.from(
  "iAMAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJsIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZX" +
    "RzIjpbMCw4XX0sImQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls4LDE2XX0sIjEwIjp7ImR0eXBlIjoiRjMy" +
    "Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMTYsMjRdfSwiOSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIj" +
    "pbMjQsMjhdfSwiX19wcm90b19fIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMjgsMzJdfSwiZW1wdHkiOnsi" +
    "ZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzAsNF0sImRhdGFfb2Zmc2V0cyI6WzMyLDMyXX0sInFcIlxcXG5cdTAwMDF/Ijp7ImR0eXBlIjoiRjMyIi" +
    "wic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzZdfSwi772eIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRz" +
    "IjpbMzYsNDBdfSwi8J+YgCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQwLDQ0XX0sImkiOnsiZHR5cGUiOi" +
    "JJMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls0NCw0OF19LCJiZiI6eyJkdHlwZSI6IkJGMTYiLCJzaGFwZSI6WzIsMV0sImRhdGFf" +
    "b2Zmc2V0cyI6WzQ4LDUyXX0sImgiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls1Miw1Nl19LCJ1Ijp7ImR0eX" +
    "BlIjoiVTgiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOls1Niw1OV19LCJhX2Jvb2wiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlsxXSwi" +
    "ZGF0YV9vZmZzZXRzIjpbNTksNjBdfSwiYl9ib29sIjp7ImR0eXBlIjoiQk9PTCIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzYwLDYzXX" +
    "19ICAg//////////+amZmZmZm5PwAAgD8AAABAAABAQAAAoEAAAIBAAAAAQAAAgD/5////wD9AwAA8AMEBAv8BAQAB",
  "base64",
);

const everyType = new Map<string, Tensor>([
  ["b_bool", tensor("bool", [3], Uint8Array.of(1, 0, 1))],
  ["a_bool", tensor("bool", [1], Uint8Array.of(1))],
  ["u", tensor("uint8", [3], Uint8Array.of(1, 2, 255))],
  ["h", tensor("float16", [2], Uint16Array.of(0x3c00, 0xc100))],
  ["bf", tensor("bfloat16", [2, 1], Uint16Array.of(0x3fc0, 0xc040))],
  ["i", tensor("int32", [1], Int32Array.of(-7))],
  ["10", float32([2], [1, 2])],
  ["9", float32([], [3])],
  ["d", tensor("float64", [1], Float64Array.of(0.1))],
  ["l", tensor("int64", [1], BigInt64Array.of(-1n))],
  ["empty", float32([0, 4], [])],
  ["\u{1f600}", float32([1], [1])],
  ["\uff5e", float32([1], [2])],
  ['q"\\\n\u0001\u007f', float32([1], [4])],
  ["__proto__", float32([1], [5])],
]);

/** Every safetensors file of the shared folder: all of them were written by Python. */
const sharedFiles = ["golden", "models"].flatMap((folder) => {
  if (!existsSync(join(shared, folder))) return [`${folder}/model.safetensors`];
  const paths = readdirSync(join(shared, folder), { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(".safetensors"))
    .map((path) => join(folder, path))
    .sort();
});

const format = new Map([["format", "pt"]]);

describe("safetensors", () => {
  test("every type and hard names are written as the same bytes that Python writes", () => {
    assert.deepEqual(Buffer.concat(encodeSafetensors(everyType, format)), fromPython);
  });

  test("what Python wrote is read back whole, from any alignment", () => {
    for (let shift = 0; shift < 9; shift++) {
      const shifted = Buffer.concat([Buffer.alloc(shift), fromPython]).subarray(shift);
      const file = decodeSafetensors(shifted, "m.safetensors");
      assert.equal(file.tensors.size, everyType.size);
      for (const [name, expected] of everyType) assert.deepEqual(file.tensors.get(name), expected, name);
      assert.deepEqual(file.metadata, format);
    }
  });

  test("a file without tensors", () => {
    const bytes = Buffer.concat(encodeSafetensors(new Map()));
    assert.equal(bytes.toString("latin1"), "\b\0\0\0\0\0\0\0{}      ");
    assert.equal(decodeSafetensors(bytes, "m").tensors.size, 0);
  });

  test("writing copies no tensor", () => {
    const data = Float32Array.of(1, 2);
    assert.equal(encodeSafetensors(new Map([["a", float32([2], data)]]))[1]!.buffer, data.buffer);
  });

  test("the order in which tensors are given does not matter", () => {
    const reversed = new Map([...everyType].reverse());
    assert.deepEqual(Buffer.concat(encodeSafetensors(reversed, format)), fromPython);
  });

  test("any names, shapes and metadata survive", () => {
    const names = fc.uniqueArray(fc.string({ unit: "binary" }).filter((name) => name !== "__metadata__"));
    const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
    const metadata = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(
        names,
        fc.array(shapes, { minLength: 20, maxLength: 20 }),
        metadata,
        (keys, sizes, text) => {
          const tensors = new Map(
            keys.map((name, i) => {
              const shape = sizes[i % sizes.length]!;
              const size = shape.reduce((a, b) => a * b, 1);
              return [
                name,
                float32(
                  shape,
                  Array.from({ length: size }, (_, j) => i + j / 8),
                ),
              ];
            }),
          );
          const given = new Map(Object.entries(text));
          const file = decodeSafetensors(Buffer.concat(encodeSafetensors(tensors, given)), "m");
          assert.deepEqual(file, { tensors, metadata: given });
        },
      ),
      { numRuns: 100 },
    );
  });

  test("a type we do not hold is named when its tensor is read", () => {
    const text = '{"x":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}';
    const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(text), Buffer.alloc(4)]);
    bytes.writeBigUInt64LE(BigInt(text.length));
    assert.throws(() => decodeSafetensors(bytes, "q.safetensors"), {
      name: "FileError",
      message: /^q\.safetensors: tensor "x" is of type F8_E4M3; supported are /,
    });
  });

  test("any changed byte of the header is a FileError or another file, never another error", () => {
    for (let i = 0; i < fromPython.length; i++) {
      const bytes = Uint8Array.from(fromPython);
      bytes[i]! ^= 0x05;
      try {
        decodeSafetensors(bytes, "m.safetensors");
      } catch (error) {
        assert.ok(error instanceof FileError, `byte ${i}: ${error}`);
        assert.match(error.message, /^m\.safetensors[,:]/);
      }
    }
  });

  for (const path of sharedFiles) {
    test(`${path}: read and written again, the same bytes`, needs(path), () => {
      const bytes = readFileSync(sharedPath(path));
      const file = decodeSafetensors(bytes, path);
      assert.ok(file.tensors.size > 0);
      const written = Buffer.concat(encodeSafetensors(file.tensors, file.metadata));
      assert.ok(bytes.equals(written));
    });
  }
});
