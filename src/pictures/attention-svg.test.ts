import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { attentionSvg } from "./attention-svg.js";

const part = (name: string, ...layers: readonly (readonly number[])[]) => ({
  ...{ name, queries: ["小さな", "犬"], keys: ["a", "small", "<dog>"] },
  layers: layers.map((own) => ({ headCount: own.length / 6, probabilities: Float32Array.from(own) })),
});

describe("attention as a picture", () => {
  const svg = attentionSvg({
    ...{ model: "my-translator", description: "" },
    parts: [
      part("encoder", [1, 0, 0, 1, 0, 0]),
      part("decoder to encoder", [0, 1, 0, 0, 0, 1], [0.5, 0.5, 0, 0, 0, 1, 1, 0, 0, 0.25, 0, 0.75]),
    ],
  });

  test("shows the mean over layers and heads of the last part; what is not looked at stays empty", () => {
    assert.deepEqual(
      [...svg.matchAll(/fill-opacity="([\d.]+)"><title>([^<]+)/g)].map(([, opacity, hint]) => [
        opacity,
        hint,
      ]),
      [
        ["0.5", "小さな → a: 50 %"],
        ["0.5", "小さな → small: 50 %"],
        ["0.08", "犬 → a: 8 %"],
        ["0.92", "犬 → &lt;dog&gt;: 92 %"],
      ],
    );
  });

  test("says in words what each token looks at most", () => {
    assert.ok(svg.includes("小さな: a; 犬: &lt;dog&gt;</desc>"));
    assert.ok(!/NaN|Infinity|undefined/.test(svg));
  });
});
