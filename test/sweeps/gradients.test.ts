// Law: the gradient of every op agrees with central differences along a random direction, in float64.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFloat } from "../../src/base/dtype.js";
import { Random } from "../../src/base/random.js";
import { sizeOf, type Tensor } from "../../src/base/tensor.js";
import { allOps, gradient, input, referenceRuntime, type Value } from "../../src/engine/index.js";
import { dot, drawExample, fromNumbers } from "./numbers.js";

const runtime = referenceRuntime();

async function evaluate(value: Value, feeds: ReadonlyMap<string, Tensor>): Promise<Float64Array> {
  const program = await runtime.compile(new Map([["y", value]]));
  return (await program.run(feeds)).get("y")!.data as Float64Array;
}

for (const op of allOps)
  describe(`gradient of ${op.definition.name}`, () => {
    test("has examples", () => assert.ok(op.definition.examples.length > 0));
    op.definition.examples.forEach((example, number) => {
      const outputCount = op(
        example.inputs.map((x, i) => input(`x${i}`, x.shape, x.dtype)),
        example.attributes,
      ).length;
      for (let output = 0; output < outputCount; output++)
        test(`output ${output} agrees with central differences, example ${number}`, async () => {
          const random = new Random(7).fork(op.definition.name, number * 10 + output);
          const xs = example.inputs.map((x, i) => input(`x${i}`, x.shape, x.dtype));
          const y = op(xs, example.attributes)[output]!;
          const at = new Map(example.inputs.map((x, i) => [`x${i}`, drawExample(x, random)]));
          if (!isFloat(y.dtype)) return; // nothing flows through integers; the op's gradient says so with null
          const directions = xs.map((x) =>
            Float64Array.from({ length: sizeOf(x.shape as number[]) }, () =>
              isFloat(x.dtype) ? random.uniform() * 2 - 1 : 0,
            ),
          );
          const moved = (step: number): Map<string, Tensor> =>
            new Map(
              xs.map((x, i) => {
                const tensor = at.get(`x${i}`)!;
                if (!isFloat(x.dtype)) return [`x${i}`, tensor];
                const numbers = Array.from(
                  tensor.data as Float64Array,
                  (v, k) => v + step * directions[i]![k]!,
                );
                return [`x${i}`, fromNumbers("float64", tensor.shape, numbers)];
              }),
            );
          const h = 1e-5;
          const [plus, minus] = [await evaluate(y, moved(h)), await evaluate(y, moved(-h))];
          const dy = Float64Array.from({ length: plus.length }, () => random.uniform() * 2 - 1);
          const numeric = dot(
            dy,
            plus.map((v, i) => (v - minus[i]!) / (2 * h)),
          );
          const seed = input("dy", y.shape);
          const gradients = gradient(y, xs, seed);
          const feeds = new Map([...at, ["dy", fromNumbers("float64", y.shape as number[], dy)]]);
          let analytic = 0;
          for (const [i, dx] of gradients.entries())
            if (dx !== undefined) {
              assert.deepEqual(dx.shape, xs[i]!.shape);
              analytic += dot(await evaluate(dx, feeds), directions[i]!);
            }
          const differentiable = xs.some((x) => isFloat(x.dtype));
          assert.equal(
            gradients.some((dx) => dx !== undefined),
            differentiable,
          );
          const error = Math.abs(analytic - numeric);
          assert.ok(error < 1e-8 * Math.max(1, Math.abs(numeric)), `${analytic} against ${numeric}`);
        });
    });
  });
