import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertClose, goldenRuntimes, runOnce } from "../../test/layer-goldens.js";
import { repository } from "../../test/shared.js";
import { float32, int64, Random, sizeOf, type Tensor, tensor } from "../base/index.js";
import { add, gradient, input, multiply, referenceRuntime, type Value } from "../engine/index.js";
import type { AttentionVectors } from "../nn/index.js";
import { attentionAndValues, cosineLoss, relationLoss, selfRelations } from "./distillation.js";
import { distillationLoss, labelLoss } from "./losses.js";

interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Golden {
  readonly relationHeads: number;
  readonly mask: Plain;
  readonly labels: readonly number[];
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly cases: Readonly<
    Record<string, { readonly loss: number; readonly gradients: Readonly<Record<string, Plain>> }>
  >;
}

const golden = JSON.parse(
  readFileSync(join(repository, "test", "golden", "distillation.json"), "utf8"),
) as Golden;

const values = new Map(Object.entries(golden.inputs).map(([name, { shape }]) => [name, input(name, shape)]));
const value = (name: string): Value => values.get(name)!;
const vectorsOf = (who: string): AttentionVectors => ({
  query: value(`${who}.query`),
  key: value(`${who}.key`),
  value: value(`${who}.value`),
});
const mask = input("mask", golden.mask.shape, "int64");
const weights = input("weights", golden.mask.shape);
const count = golden.labels.length;
const perLabel = input("labelWeights", [count]);
const relations = (which: typeof selfRelations): Value =>
  relationLoss(vectorsOf("student"), vectorsOf("teacher"), {
    relations: which,
    headCount: golden.relationHeads,
    mask,
    weights,
  });
const cosine = cosineLoss(value("hidden"), value("teacher.hidden"), weights);
const soft = distillationLoss(value("logits"), value("teacher.logits"), perLabel, 2);
const hard = labelLoss(value("logits"), input("labels", [count], "int64"), perLabel);

/** Each loss of ours as the case of the golden file that is called so. */
const losses: Readonly<Record<string, Value>> = {
  relations: relations(selfRelations),
  attention: relations(attentionAndValues),
  cosine,
  distilbert: add(add(multiply(soft, 5), multiply(hard, 2)), cosine),
  task: add(
    multiply(distillationLoss(value("logits"), value("teacher.logits"), perLabel, 3), 0.7),
    multiply(hard, 0.3),
  ),
};

const tokens = golden.mask.data.reduce((a, b) => a + b);
const shared = new Map<string, Tensor>([
  ["mask", int64(golden.mask.shape, golden.mask.data)],
  [
    "weights",
    float32(
      golden.mask.shape,
      golden.mask.data.map((one) => one / tokens),
    ),
  ],
  ["labels", int64([count], golden.labels)],
  ["labelWeights", float32([count], new Float32Array(count).fill(1 / count))],
]);

/** The name of an input of ours for one of the golden file's gradients. */
const inputOf = (name: string): string => (name in golden.inputs ? name : `student.${name}`);

describe("losses of distillation are those of PyTorch, with gradients", () => {
  for (const [name, { loss, gradients }] of Object.entries(golden.cases))
    for (const runtime of goldenRuntimes)
      test(`${name}, ${runtime.name}`, async () => {
        const ours = losses[name]!;
        const targets = Object.keys(gradients);
        const outputs = new Map([["loss", ours]]);
        gradient(
          ours,
          targets.map((target) => value(inputOf(target))),
        ).forEach((dx, i) => {
          outputs.set(`d${targets[i]!}`, dx!);
        });
        const feeds = new Map<string, Tensor>([
          ...shared,
          ...Object.entries(golden.inputs).map(
            ([key, { shape, data }]) => [key, float32(shape, data)] as const,
          ),
        ]);
        const results = await runOnce(runtime, outputs, feeds);
        assertClose(results.get("loss")!, float32([], [loss]), "loss");
        for (const [target, { shape, data }] of Object.entries(gradients))
          assertClose(results.get(`d${target}`)!, float32(shape, data), `gradient of ${target}`);
      });

  test("every stored loss is one of ours", () => {
    assert.deepEqual(Object.keys(losses).sort(), Object.keys(golden.cases).sort());
  });
});

describe("gradients of distillation agree with central differences in float64", () => {
  for (const [name, loss] of Object.entries(losses))
    test(name, async () => {
      const names = Object.keys(golden.inputs).filter((key) => !key.startsWith("teacher."));
      const random = new Random(3).fork(name);
      const directions = new Map(
        names.map((key) => [
          key,
          Float64Array.from({ length: sizeOf(golden.inputs[key]!.shape) }, () => random.uniform() * 2 - 1),
        ]),
      );
      const at = (step: number): Map<string, Tensor> =>
        new Map<string, Tensor>([
          ...shared,
          ...Object.entries(golden.inputs).map(([key, { shape, data }]) => {
            const moved = data.map((x, i) => x + step * (directions.get(key)?.[i] ?? 0));
            return [key, tensor("float64", shape, Float64Array.from(moved))] as const;
          }),
        ]);
      const lossAt = async (step: number): Promise<number> =>
        Number((await runOnce(referenceRuntime(), new Map([["loss", loss]]), at(step))).get("loss")!.data[0]);
      const h = 1e-5;
      const numeric = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
      const used = names.filter((key) => gradient(loss, [value(key)])[0] !== undefined);
      const outputs = new Map(used.map((key) => [`d${key}`, gradient(loss, [value(key)])[0]!]));
      const results = await runOnce(referenceRuntime(), outputs, at(0));
      let analytic = 0;
      for (const key of used)
        results.get(`d${key}`)!.data.forEach((dx: number | bigint, i: number) => {
          analytic += Number(dx) * directions.get(key)![i]!;
        });
      assert.ok(used.length > 0);
      assert.ok(
        Math.abs(analytic - numeric) < 1e-7 * Math.max(1, Math.abs(numeric)),
        `${analytic} ${numeric}`,
      );
    });
});

describe("a teacher like its student", () => {
  const student = vectorsOf("student");
  const options = { headCount: golden.relationHeads, mask, weights };
  const feeds = new Map<string, Tensor>([
    ...shared,
    ...Object.entries(golden.inputs).map(([key, { shape, data }]) => [key, float32(shape, data)] as const),
  ]);
  const zero = new Map([
    ["relations", relationLoss(student, student, { relations: selfRelations, ...options })],
    ["attention", relationLoss(student, student, { relations: attentionAndValues, ...options })],
    ["cosine", cosineLoss(value("hidden"), value("hidden"), weights)],
  ]);
  for (const runtime of goldenRuntimes)
    test(`has nothing to teach, ${runtime.name}`, async () => {
      for (const [name, { data }] of await runOnce(runtime, zero, feeds))
        assert.ok(Math.abs(Number(data[0])) < 1e-6, `${name}: ${data[0]}`);
    });
});
