import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, type Tensor } from "../../src/base/tensor.js";
import { gradient } from "../../src/engine/autodiff/gradient.js";
import type { Value } from "../../src/engine/graph/graph.js";
import { toOnnx } from "../../src/engine/graph/onnx.js";
import { input, parameter } from "../../src/engine/graph/value.js";
import { add, matmul, sum } from "../../src/engine/ops/index.js";
import { withFusedGelu } from "../../src/engine/runtimes/fused-gelu.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";
import { referenceRuntime } from "../../src/engine/runtimes/reference.js";
import { gelu, linear } from "../../src/nn/index.js";

const x = input("x", ["rows", 3]);
const feeds = new Map<string, Tensor>([
  ["x", float32([2, 3], [-3, -0.5, 0, 0.25, 1, 4])],
  ["inner.weight", float32([2, 3], [0.5, -1, 0.25, 2, 0.75, -0.5])],
  ["inner.bias", float32([2], [0.125, -1])],
]);

/** The types of the nodes that ONNX Runtime is given. */
function typesOf(outputs: ReadonlyMap<string, Value>, bias = true): string[] {
  const { graph } = withFusedGelu(toOnnx(outputs, { contributedOps: true, outerValues: true }), { bias });
  return graph.nodes.map(({ type }) => type);
}

describe("GELU in ONNX Runtime", () => {
  test("is one node with the bias of the product before it, and the same numbers", async () => {
    const outputs = new Map([["y", gelu(linear(x, "inner", 2))]]);
    assert.deepEqual(typesOf(outputs), ["Gemm", "BiasGelu"]);
    assert.deepEqual(typesOf(outputs, false), ["Gemm", "Gelu"]);
    const [got, expected] = await Promise.all(
      [onnxRuntime({ threads: 1 }), referenceRuntime()].map(
        async (runtime) => (await (await runtime.compile(outputs)).run(feeds)).get("y")!,
      ),
    );
    expected!.data.forEach((value: number | bigint, i: number) => {
      assert.ok(Math.abs(Number(value) - Number(got!.data[i])) < 1e-6, `${got!.data[i]} for ${value}`);
    });
  });

  test("leaves the bias where another reads the product, or there is none for columns alone", () => {
    const product = linear(x, "inner", 2);
    assert.deepEqual(typesOf(new Map([["y", add(gelu(product), product)]])), ["Gemm", "Gelu", "Add"]);
    const rows = parameter("rows", [2, 2]);
    const ofRows = matmul(input("x", [2, 3]), parameter("w", [3, 2]), { bias: rows });
    assert.deepEqual(typesOf(new Map([["y", gelu(ofRows)]])), ["Gemm", "Gelu"]);
    assert.deepEqual(typesOf(new Map([["y", gelu(x)]])), ["Gelu"]);
  });

  test("stays apart where a backward pass reads its parts", () => {
    const loss = sum(gelu(x), [0, 1]);
    const types = typesOf(
      new Map([
        ["loss", loss],
        ["dx", gradient(loss, [x])[0]!],
      ]),
    );
    assert.ok(types.includes("Erf") && !types.includes("Gelu"), types.join());
  });
});
