import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type DType, FileError, float32, int64, type Tensor, tensor } from "../../base/index.js";
import { decodeOnnx, encodeOnnx, type OnnxGraph, type OnnxModel } from "./index.js";

const model: OnnxModel = {
  irVersion: 10,
  producer: "tsugiki",
  opsets: new Map([
    ["", 21],
    ["com.microsoft", 1],
  ]),
  graph: {
    name: "tiny",
    nodes: [
      { name: "first", type: "MatMul", domain: "", inputs: ["x", "w"], outputs: ["y"], attributes: {} },
      {
        name: "second",
        type: "FusedThing",
        domain: "com.microsoft",
        inputs: ["y", ""],
        outputs: ["z"],
        attributes: {
          alpha: { kind: "float", value: 0.5 },
          axis: { kind: "int", value: -1 },
          mode: { kind: "string", value: "linear" },
          names: { kind: "strings", value: ["a", "言葉"] },
          perm: { kind: "ints", value: [1, 0] },
          scales: { kind: "floats", value: [0.25, 2] },
          value: { kind: "tensor", value: tensor("bool", [2], Uint8Array.of(1, 0)) },
        },
      },
    ],
    inputs: [{ name: "x", dtype: "float32", shape: ["batch", 2] }],
    outputs: [
      { name: "z", dtype: "float16", shape: ["batch", 2] },
      { name: "s", dtype: "int64", shape: [] },
    ],
    initializers: new Map<string, Tensor>([
      ["w", float32([2, 2], [1, 2, 3, -4.5])],
      ["b", int64([2], [7, -8])],
    ]),
  },
};

/** The same model made by Python's onnx 1.23.2 (helper.make_model, numpy_helper.from_array). */
const modelFromPython = Buffer.from(
  "CAoSB3RzdWdpa2k61AIKGAoBeAoBdxIBeRoFZmlyc3QiBk1hdE11bAq4AQoBeQoAEgF6GgZzZWNvbmQiCkZ1c2VkVGhpbmcqDwoFYWxwaGEV" +
    "AAAAP6ABASoUCgRheGlzGP///////////wGgAQIqEQoEbW9kZSIGbGluZWFyoAEDKhUKBW5hbWVzSgFhSgboqIDokYmgAQgqDQoEcGVybU" +
    "ABQACgAQcqFQoGc2NhbGVzPQAAgD49AAAAQKABBioUCgV2YWx1ZSoICAIQCUoCAQCgAQQ6DWNvbS5taWNyb3NvZnQSBHRpbnkqGwgCCAIQ" +
    "AUIBd0oQAACAPwAAAEAAAEBAAACQwCoZCAIQB0IBYkoQBwAAAAAAAAD4/////////1oYCgF4EhMKEQgBEg0KBxIFYmF0Y2gKAggCYhgKAX" +
    "oSEwoRCAoSDQoHEgViYXRjaAoCCAJiCwoBcxIGCgQIBxIAQgQKABAVQhEKDWNvbS5taWNyb3NvZnQQAQ==",
  "base64",
);

/** Constants [1, 0] of eight types, stored as lists (helper.make_tensor) and not as raw bytes. */
const listsFromPython = Buffer.from(
  "CAoSAXA6kAESBWxpc3RzKhIIAhABIggAAIA/AAAAAEICbDEqGwgCEAtCA2wxMVIQAAAAAAAA8D8AAAAAAAAAACoMCAIQBioCAQBCAmw2Kg" +
    "wIAhAHOgIBAEICbDcqDAgCEAkqAgEAQgJsOSoMCAIQAioCAQBCAmwyKg4IAhAKKgOAeABCA2wxMCoOCAIQECoDgH8AQgNsMTZCBAoAEBU=",
  "base64",
);

/** Everything as plain objects, so that deepEqual does not mind null prototypes and views. */
function plain(value: OnnxModel): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => {
      if (part instanceof Map) return [...part];
      if (ArrayBuffer.isView(part)) return Array.from(part as Uint8Array, String);
      return part;
    }),
  );
}

describe("ONNX", () => {
  test("a model is written as the same bytes that Python writes", () => {
    assert.deepEqual(Buffer.from(encodeOnnx(model)), modelFromPython);
  });

  test("what Python wrote is read back whole", () => {
    assert.deepEqual(plain(decodeOnnx(modelFromPython, "m.onnx")), plain(model));
  });

  test("constants of every dtype survive, as raw bytes and as lists", () => {
    const constants: Tensor[] = [
      tensor("float32", [2], Float32Array.of(1, 0)),
      tensor("float64", [2], Float64Array.of(1, 0)),
      tensor("int32", [2], Int32Array.of(1, 0)),
      tensor("int64", [2], BigInt64Array.of(1n, 0n)),
      tensor("bool", [2], Uint8Array.of(1, 0)),
      tensor("uint8", [2], Uint8Array.of(1, 0)),
      tensor("float16", [2], Uint16Array.of(0x3c00, 0)),
      tensor("bfloat16", [2], Uint16Array.of(0x3f80, 0)),
    ];
    const lists = [...decodeOnnx(listsFromPython, "lists.onnx").graph.initializers.values()];
    assert.deepEqual(lists, constants);
    const named = new Map(constants.map((constant) => [constant.dtype as string, constant]));
    const written = encodeOnnx({ ...model, graph: { ...model.graph, initializers: named } });
    assert.deepEqual(decodeOnnx(written, "raw.onnx").graph.initializers, named);
  });

  test("a graph in an attribute survives, and a graph in that", () => {
    const loop = (name: string, body: OnnxGraph): OnnxGraph => ({
      ...model.graph,
      name,
      nodes: [
        {
          name: `scan of ${name}`,
          type: "Scan",
          domain: "",
          inputs: ["x"],
          outputs: ["z"],
          attributes: {
            body: { kind: "graph", value: body },
            num_scan_inputs: { kind: "int", value: 1 },
          },
        },
      ],
    });
    const nested = { ...model, graph: loop("outer", loop("inner", model.graph)) };
    assert.deepEqual(plain(decodeOnnx(encodeOnnx(nested), "m.onnx")), plain(nested));
  });

  test("inputs and outputs keep every dtype, scalars and empty constants", () => {
    const dtypes: DType[] = ["float32", "float16", "bfloat16", "float64", "int32", "int64", "bool", "uint8"];
    const inputs = dtypes.map((dtype) => ({ name: dtype, dtype, shape: [0, "sequence", 2 ** 40] }));
    const initializers = new Map<string, Tensor>([
      ["scalar", float32([], [3])],
      ["empty", float32([0, 5], [])],
    ]);
    const graph = { name: "g", nodes: [], outputs: [], inputs, initializers };
    const copy = decodeOnnx(encodeOnnx({ ...model, graph }), "m.onnx");
    assert.deepEqual(copy.graph, graph);
  });

  test("any cut of the file is a FileError or a smaller whole message, never another error", () => {
    for (let length = 0; length < modelFromPython.length; length++) {
      try {
        decodeOnnx(modelFromPython.subarray(0, length), "cut.onnx");
      } catch (error) {
        assert.ok(error instanceof FileError, `${length} bytes: ${error}`);
        assert.match(error.message, /^cut\.onnx: /);
      }
    }
    assert.throws(() => decodeOnnx(modelFromPython.subarray(0, 200), "cut.onnx"), FileError);
  });

  test("any changed byte is a FileError or another model, never another error", () => {
    for (let i = 0; i < modelFromPython.length; i++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const bytes = Uint8Array.from(modelFromPython);
        bytes[i]! ^= mask;
        try {
          decodeOnnx(bytes, "changed.onnx");
        } catch (error) {
          assert.ok(error instanceof FileError, `byte ${i} ^ ${mask}: ${error}`);
        }
      }
    }
  });
});

describe("hostile ONNX", () => {
  const message = (field: number, bytes: Uint8Array): Uint8Array =>
    new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(bytes).finish();
  const constant = (write: (writer: BinaryWriter) => void): Uint8Array => {
    const writer = new BinaryWriter();
    write(writer);
    return message(7, message(5, writer.finish()));
  };
  const nestedGraphs = (depth: number): Uint8Array => {
    let graph: Uint8Array = new Uint8Array(0);
    for (let i = 0; i < depth; i++) graph = message(1, message(5, message(6, graph)));
    return graph;
  };
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["nothing", new Uint8Array(0), /expected a graph/],
    ["text", new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n"), /damaged at model/],
    ["a graph without operator sets", message(7, new Uint8Array(0)), /operator set/],
    ["a length beyond the file", Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f), /premature EOF/],
    ["a graph that is a number", Uint8Array.of(0x38, 1), /wire type Varint/],
    ["an endless varint", new Uint8Array(64).fill(0xff), /damaged at model/],
    ["groups nested 10,000 deep", new Uint8Array(10_000).fill(0x7b), /recursion/],
    ["a name that is not UTF-8", message(7, message(2, Uint8Array.of(0xc3, 0x28))), /damaged at graph/],
    [
      "a negative size",
      constant((w) => w.tag(1, WireType.Varint).int64(-1).tag(2, WireType.Varint).int32(1)),
      /shape/,
    ],
    [
      "a size beyond exact integers",
      constant((w) => {
        for (let i = 0; i < 3; i++) w.tag(1, WireType.Varint).int64(2 ** 30);
        w.tag(2, WireType.Varint).int32(1);
      }),
      /impossible shape/,
    ],
    [
      "a tensor shorter than its shape",
      constant((w) =>
        w
          .tag(1, WireType.Varint)
          .int64(2 ** 40)
          .tag(2, WireType.Varint)
          .int32(1)
          .uint32(0x4a)
          .uint32(0),
      ),
      /expected 4398046511104 bytes, got 0/,
    ],
    ["an unknown number type", constant((w) => w.tag(2, WireType.Varint).int32(23)), /type 23/],
    [
      "numbers in another file",
      constant((w) => w.tag(13, WireType.LengthDelimited).bytes(Uint8Array.of(0))),
      /external/,
    ],
    ["a node without operator", message(7, message(1, new Uint8Array(0))), /graph\.node\[0\].*op_type/],
    [
      "a list of graphs",
      message(7, message(1, message(5, new BinaryWriter().tag(20, WireType.Varint).int32(10).finish()))),
      /type 10, which is not supported/,
    ],
    [
      "a graph that is not there",
      message(7, message(1, message(5, new BinaryWriter().tag(20, WireType.Varint).int32(5).finish()))),
      /to hold a graph, got none/,
    ],
    ["graphs nested 100 deep", message(7, nestedGraphs(100)), /nested more than 8 deep/],
  ];
  for (const [name, bytes, expected] of cases) {
    test(name, () => {
      assert.throws(
        () => decodeOnnx(bytes, "bad.onnx"),
        (error: unknown) => {
          assert.ok(error instanceof FileError, String(error));
          assert.match(error.message, /^bad\.onnx: /);
          assert.match(error.message, expected);
          return true;
        },
      );
    });
  }
});
