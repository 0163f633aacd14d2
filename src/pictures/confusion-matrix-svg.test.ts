import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { confusionMatrixSvg } from "./confusion-matrix-svg.js";

describe("confusion matrix", () => {
  const svg = confusionMatrixSvg(
    ["negative", "positive"],
    [
      [32, 8],
      [0, 1200],
    ],
    "dev.tsv",
  );

  test("shows counts, coloured by the share of the true label; zeros stay empty", () => {
    assert.deepEqual(
      [...svg.matchAll(/fill-opacity="([\d.]+)"><title>([^<]+)/g)].map(([, opacity, hint]) => [
        opacity,
        hint,
      ]),
      [
        ["0.81", "negative → negative: 32 (80 %)"],
        ["0.25", "negative → positive: 8 (20 %)"],
        ["1", "positive → positive: 1200 (100 %)"],
      ],
    );
    assert.ok(svg.includes(">1,200</text>"));
  });

  test("says in words what it shows", () => {
    assert.ok(
      svg.includes("1232 of 1240 rows predicted rightly; negative taken for positive 8 times</desc>"),
    );
  });

  test("cuts long labels and keeps them whole as a hint", () => {
    const label = "とても長い日本語のラベルでどうにもならない";
    const long = confusionMatrixSvg(
      [label, "<b>"],
      [
        [1, 0],
        [0, 1],
      ],
    );
    assert.equal(long.split(`<title>${label}</title>とても長い日本語のラベルで…`).length, 3);
    assert.ok(long.includes("&lt;b&gt;") && !long.includes("<b>"));
  });

  test("omits numbers too small to read, and holds empty rows", () => {
    const size = 100;
    const labels = Array.from({ length: size }, (_, i) => `L${i}`);
    const counts = labels.map((_, i) => labels.map((_, j) => (i === j ? 1000 : 0)));
    const large = confusionMatrixSvg(labels, counts);
    assert.ok(!large.includes(">1,000</text>") && large.includes("L3 → L3: 1000 (100 %)"));
    assert.ok(!/NaN|Infinity|undefined/.test(confusionMatrixSvg(["a"], [[0]])));
    assert.ok(!/NaN|Infinity|undefined/.test(confusionMatrixSvg([], [])));
  });

  test("refuses counts that are not square", () => {
    assert.throws(() => confusionMatrixSvg(["a", "b"], [[1, 2]]), /2 labels needs 2 x 2/);
  });
});
