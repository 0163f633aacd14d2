import { describe, test } from "node:test";
import { assertClose, caseTensors, goldenRuntimes, layerGoldens, runOnce } from "../../test/layer-goldens.js";
import { needs } from "../../test/shared.js";
import { float32, int64, type Tensor, toNumbers } from "../base/index.js";
import { gradient, input } from "../engine/index.js";
import { labelLoss } from "./losses.js";

/** Goldens of PyTorch's cross_entropy: what stands beside the loss, and how the labels that count are weighted. */
const cases = [
  { name: "loss-cross-entropy-ignore", smoothing: 0, reduction: "mean" },
  { name: "loss-cross-entropy-smooth", smoothing: 0.1, reduction: "mean" },
  { name: "loss-cross-entropy-sum", smoothing: 0, reduction: "sum" },
] as const;

describe("labelLoss is PyTorch's cross_entropy", needs(layerGoldens), () => {
  for (const { name, smoothing, reduction } of cases)
    for (const runtime of goldenRuntimes)
      test(`${name.slice(5)}, ${runtime.name}`, async () => {
        const golden = await caseTensors(name);
        const { dtype, data, shape } = golden.get("y")!;
        const labels = [...toNumbers(dtype, data)];
        const counts = labels.map((label) => Number(label >= 0)); // others are ignored
        const total = reduction === "sum" ? 1 : counts.reduce((a, b) => a + b, 0);
        const feeds = new Map<string, Tensor>([
          ["x", golden.get("x")!],
          [
            "y",
            int64(
              shape,
              labels.map((label) => Math.max(label, 0)),
            ),
          ],
          [
            "weights",
            float32(
              shape,
              counts.map((count) => count / total),
            ),
          ],
        ]);
        const x = input("x", golden.get("x")!.shape);
        const loss = labelLoss(x, input("y", shape, "int64"), input("weights", shape), smoothing);
        const [dx] = gradient(loss, [x]);
        const results = await runOnce(
          runtime,
          new Map([
            ["loss", loss],
            ["dx", dx!],
          ]),
          feeds,
        );
        assertClose(results.get("loss")!, golden.get("loss")!, "loss");
        assertClose(results.get("dx")!, golden.get("grad.x")!, "gradient");
      });
});
