import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertClose, caseTensors, goldenRuntimes, layerGoldens, runOnce } from "../../test/layer-goldens.js";
import { needs } from "../../test/shared.js";
import { float32, int64, type Tensor, toNumbers } from "../base/index.js";
import { gradient, input, type Value } from "../engine/index.js";
import {
  binaryLoss,
  distillationLoss,
  focalLoss,
  labelLoss,
  smoothAbsoluteLoss,
  squaredErrorLoss,
} from "./losses.js";

const [rows, classes] = [6, 5];
const logits = input("logits", [rows, classes]);
const labels = input("labels", [rows], "int64");
const perRow = input("weights", [rows]);
const perElement = input("weights", [rows, classes]);
const targets = input("targets", [rows, classes]);

/** What a golden case has: labels (-100 does not count) and a number a class. */
interface Stored {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly byClass: readonly number[];
}

interface LossCase {
  readonly loss: Value;
  weights(stored: Stored): number[];
  /** Default: the number of each class, the same in each row. */
  targets?(stored: Stored): number[];
}

const isCounted = (label: number): boolean => label !== -100;
const shares = (weights: readonly number[]): number[] => {
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};
const counted = ({ y }: Stored): number[] => shares(y.map((label) => Number(isCounted(label))));
const evenly = (count: number) => (): number[] => new Array<number>(count).fill(1 / count);

/** Each loss of ours as the one of PyTorch that the case is called after. */
const cases: Readonly<Record<string, LossCase>> = {
  "cross-entropy-ignore": { loss: labelLoss(logits, labels, perRow), weights: counted },
  "cross-entropy-smooth": { loss: labelLoss(logits, labels, perRow, 0.1), weights: counted },
  "cross-entropy-weighted": {
    loss: labelLoss(logits, labels, perRow),
    weights: ({ y, byClass }) => shares(y.map((label) => (isCounted(label) ? byClass[label]! : 0))),
  },
  "cross-entropy-sum": {
    loss: labelLoss(logits, labels, perRow),
    weights: ({ y }) => y.map((label) => Number(isCounted(label))),
  },
  "focal-gamma2": { loss: focalLoss(logits, labels, perRow, 2), weights: counted },
  "kl-distill-T2": { loss: distillationLoss(logits, targets, perRow, 2), weights: evenly(rows) },
  "bce-logits": {
    loss: binaryLoss(logits, targets, perElement),
    weights: evenly(rows * classes),
    targets: ({ x }) => x.map((value) => Number(value > 0)),
  },
  mse: { loss: squaredErrorLoss(logits, targets, perElement), weights: evenly(rows * classes) },
  "smooth-l1": { loss: smoothAbsoluteLoss(logits, targets, perElement), weights: evenly(rows * classes) },
};

describe("losses are those of PyTorch, with gradients", needs(layerGoldens), () => {
  for (const [name, { loss, weights, targets: made }] of Object.entries(cases))
    for (const runtime of goldenRuntimes)
      test(`${name}, ${runtime.name}`, async () => {
        const golden = await caseTensors(`loss-${name}`);
        const numbers = (part: string): number[] => {
          const { dtype, data } = golden.get(part)!;
          return [...toNumbers(dtype, data)];
        };
        const stored = { x: numbers("x"), y: numbers("y"), byClass: numbers("weight") };
        const ownTargets = made?.(stored) ?? Array.from({ length: rows }, () => stored.byClass).flat();
        const ownWeights = weights(stored);
        const feeds = new Map<string, Tensor>([
          ["logits", golden.get("x")!],
          [
            "labels",
            int64(
              [rows],
              stored.y.map((label) => Math.max(label, 0)),
            ),
          ],
          ["weights", float32(ownWeights.length === rows ? [rows] : [rows, classes], ownWeights)],
          ["targets", float32([rows, classes], ownTargets)],
        ]);
        const outputs = new Map([
          ["loss", loss],
          ["gradient", gradient(loss, [logits])[0]!],
        ]);
        const results = await runOnce(runtime, outputs, feeds);
        assertClose(results.get("loss")!, golden.get("loss")!, "loss");
        assertClose(results.get("gradient")!, golden.get("grad.x")!, "gradient");
      });
});

describe("binaryLoss", () => {
  test("has a gradient where a logit is exactly 0", async () => {
    const loss = binaryLoss(logits, targets, perElement);
    const zeros = float32([rows, classes], new Float32Array(rows * classes));
    const feeds = new Map<string, Tensor>([
      ["logits", zeros],
      ["targets", zeros],
      ["weights", float32([rows, classes], new Float32Array(rows * classes).fill(1))],
    ]);
    for (const runtime of goldenRuntimes) {
      const outputs = new Map([["gradient", gradient(loss, [logits])[0]!]]);
      const { data } = (await runOnce(runtime, outputs, feeds)).get("gradient")!;
      for (const value of data as Float32Array) assert.ok(Math.abs(value - 0.5) < 1e-6, `${value}`);
    }
  });
});
