// Law: every real runtime computes what the reference computes, for every op and example, fixed and symbolic sizes.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { isFloat } from "../../src/base/dtype.js";
import { Random } from "../../src/base/random.js";
import { asFloat32, type Tensor, toNumbers } from "../../src/base/tensor.js";
import { allOps, gradient, input, referenceRuntime, type Value } from "../../src/engine/index.js";
import { openVinoRuntime } from "../../src/engine/runtimes/node-openvino.js";
import { findOpenVino } from "../../src/engine/runtimes/node-openvino-files.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";
import type { Program, Runtime } from "../../src/engine/runtimes/runtime.js";
import { drawExample } from "./numbers.js";

const reference = referenceRuntime();
const runtimes: Runtime[] = [onnxRuntime({ threads: 2 })];
// optional: there where its libraries are
if (findOpenVino().found !== undefined) runtimes.push(await openVinoRuntime({ threads: 2 }));
else test("openvino", { skip: "needs the libraries of OpenVINO" });
const programs: Program[] = [];
after(() => Promise.all(programs.map((program) => program.close())));

async function run(
  runtime: Runtime,
  outputs: ReadonlyMap<string, Value>,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const program = await runtime.compile(outputs);
  programs.push(program);
  return program.run(feeds);
}

for (const runtime of runtimes)
  for (const op of allOps)
    describe(`${runtime.name}: ${op.definition.name}`, () => {
      op.definition.examples.forEach((example, number) => {
        test(`example ${number}, forward and gradient`, async () => {
          const random = new Random(11).fork(op.definition.name, number);
          const xs = example.inputs.map((x, i) => input(`x${i}`, x.shape, x.dtype));
          const ys = op(xs, example.attributes);
          const feeds = new Map(
            example.inputs.map((x, i) => [`x${i}`, inSinglePrecision(drawExample(x, random))]),
          );
          const outputs = new Map<string, Value>(ys.map((y, i) => [`y${i}`, y]));
          if (isFloat(ys[0].dtype)) {
            const dy = drawExample({ shape: ys[0].shape as number[] }, random);
            feeds.set("dy", inSinglePrecision(dy));
            gradient(ys[0], xs, input("dy", ys[0].shape)).forEach((dx, i) => {
              if (dx !== undefined) outputs.set(`dx${i}`, dx);
            });
          }
          const expected = await run(reference, outputs, feeds);
          const got = await run(runtime, outputs, feeds);
          for (const name of outputs.keys()) {
            const [e, g] = [expected.get(name)!, got.get(name)!];
            assert.deepEqual([...g.shape], [...e.shape], name);
            const [numbersE, numbersG] = [toNumbers(e.dtype, e.data), toNumbers(g.dtype, g.data)];
            numbersE.forEach((v, i) => {
              assert.ok(
                Math.abs(v - numbersG[i]!) <= 1e-5 * Math.max(1, Math.abs(v)),
                `${name}[${i}]: ${numbersG[i]} against ${v}`,
              );
            });
          }
        });
      });
    });

function inSinglePrecision(tensor: Tensor): Tensor {
  return tensor.dtype === "float64" ? asFloat32(tensor) : tensor;
}
