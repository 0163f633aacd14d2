import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../../src/base/random.js";
import { float32, sizeOf, type Tensor } from "../../src/base/tensor.js";
import { gradient } from "../../src/engine/autodiff/gradient.js";
import { recomputedGradient } from "../../src/engine/autodiff/recompute.js";
import type { Value } from "../../src/engine/graph/graph.js";
import { input, nameOf, parameter } from "../../src/engine/graph/value.js";
import { inOrder, leaves } from "../../src/engine/graph/walk.js";
import { after, layerNormalization, matmul, multiply, sum, tanh } from "../../src/engine/ops/index.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";
import { referenceRuntime } from "../../src/engine/runtimes/reference.js";

/** Three layers, each of several ops that the backward pass reads from, with a weight that two layers share. */
function network(): { loss: Value; parameters: Value[]; boundaries: Value[] } {
  let x = input("x", ["batch", 4]);
  const boundaries = [x];
  for (const layer of ["a", "b", "a"]) {
    const inner = tanh(matmul(x, parameter(`${layer}.inner`, [4, 8])));
    const outer = matmul(multiply(inner, inner), parameter(`${layer}.outer`, [8, 4]));
    x = layerNormalization(outer, parameter(`${layer}.scale`, [4]), parameter(`${layer}.shift`, [4]), 1e-5);
    boundaries.push(x);
  }
  const loss = sum(multiply(x, tanh(x)));
  return { loss, parameters: leaves([loss], "parameter"), boundaries };
}

describe("recomputedGradient", () => {
  const { loss, parameters, boundaries } = network();
  const random = new Random(3);
  const draw = (shape: readonly number[]): Tensor =>
    float32(
      shape,
      Array.from({ length: sizeOf(shape) }, () => random.uniform() * 2 - 1),
    );
  const feeds = new Map([
    ["x", draw([5, 4])],
    ...parameters.map((value) => [nameOf(value), draw(value.shape as number[])] as const),
  ]);
  const named = (gradients: readonly (Value | undefined)[]): Map<string, Value> =>
    new Map(gradients.map((value, i) => [`d${i}`, value!]));
  const kept = named(gradient(loss, parameters));
  const recomputed = named(recomputedGradient(loss, parameters, boundaries));

  for (const runtime of [referenceRuntime(), onnxRuntime({ threads: 1 })])
    test(`gives the same gradients on ${runtime.name}`, async () => {
      const [expected, got] = [await runtime.compile(kept), await runtime.compile(recomputed)];
      const [a, b] = [await expected.run(feeds), await got.run(feeds)];
      for (const name of kept.keys()) assert.deepEqual(b.get(name)!.data, a.get(name)!.data, name);
      await Promise.all([expected.close(), got.close()]);
    });

  test("computes each block but the last boundary's again, after the gradient of its end", () => {
    const ops = (roots: Map<string, Value>): string[] =>
      inOrder([...roots.values()]).flatMap((source) => (source.kind === "op" ? [source.op.name] : []));
    const count = (names: string[], name: string): number => names.filter((other) => other === name).length;
    assert.equal(count(ops(kept), "tanh"), 4);
    assert.equal(count(ops(recomputed), "tanh"), 7);
    assert.equal(count(ops(recomputed), "after"), 3);
  });

  test("without boundaries is the plain gradient", () => {
    const plain = named(recomputedGradient(loss, parameters, []));
    assert.ok(
      inOrder([...plain.values()]).every((source) => source.kind !== "op" || source.op.name !== "after"),
    );
  });
});

test("after is its input, and waits", () => {
  const x = input("x", [2]);
  const waiting = after(x, input("dependency", [3]));
  assert.deepEqual(leaves([waiting], "input").map(nameOf), ["x", "dependency"]);
});
