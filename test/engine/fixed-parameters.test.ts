// Parameters that are fixed when a graph is compiled: the results are those of parameters that are fed, and stay so
// whatever happens to the arrays afterwards.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../../src/base/random.js";
import { float32, int64, type Tensor, toNumbers } from "../../src/base/tensor.js";
import {
  add,
  gather,
  input,
  layerNormalization,
  matmul,
  parameter,
  referenceRuntime,
} from "../../src/engine/index.js";
import { openVinoRuntime } from "../../src/engine/runtimes/node-openvino.js";
import { findOpenVino } from "../../src/engine/runtimes/node-openvino-files.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";

const [rows, size] = [300, 64];
const table = parameter("table", [rows, size]);
const normed = layerNormalization(
  gather(table, input("ids", ["batch"], "int64")),
  parameter("weight", [size]),
  parameter("bias", [size]),
  1e-5,
);
const square = add(matmul(normed, parameter("square", [size, size])), normed);
const outputs = new Map([
  ["scores", matmul(square, table, { transposeB: true })],
  ["squared", square],
]);

function drawn(): Map<string, Tensor> {
  const random = new Random(5);
  const draw = (...shape: number[]): Tensor =>
    float32(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
    );
  return new Map([
    ["table", draw(rows, size)],
    ["weight", draw(size)],
    ["bias", draw(size)],
    ["square", draw(size, size)],
  ]);
}

const runtimes = [referenceRuntime(), onnxRuntime({ threads: 1 })];
// optional: there where its libraries are
if (findOpenVino().found !== undefined) runtimes.push(await openVinoRuntime({ threads: 1 }));
else test("openvino", { skip: "needs the libraries of OpenVINO" });

for (const runtime of runtimes)
  describe(`fixed parameters of ${runtime.name}`, () => {
    for (const names of [
      ["table", "weight", "bias", "square"],
      ["square", "bias"],
    ])
      test(names.join(", "), async () => {
        const all = drawn();
        const fixed = new Map(names.map((name) => [name, all.get(name)!]));
        const others = [...all].filter(([name]) => !fixed.has(name));
        const program = await runtime.compile(outputs, fixed);
        const fed = await runtime.compile(outputs);
        for (const ids of [[3], [299, 0, 7, 7]]) {
          const feeds = new Map<string, Tensor>([["ids", int64([ids.length], ids)]]);
          const expected = await fed.run(new Map([...feeds, ...drawn()]));
          for (let time = 0; time < 2; time++) {
            const got = await program.run(new Map([...feeds, ...others]));
            for (const [name, { dtype, data }] of expected)
              toNumbers(dtype, data).forEach((value, i) => {
                const found = Number(got.get(name)!.data[i]);
                assert.ok(Math.abs(found - value) <= 1e-4 * Math.max(1, Math.abs(value)), `${name}[${i}]`);
              });
            for (const { data } of fixed.values()) (data as Float32Array).fill(99);
          }
        }
        await program.close();
        await fed.close();
      });
  });
