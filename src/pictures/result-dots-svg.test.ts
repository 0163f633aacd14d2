import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ResultDots, resultDotsSvg } from "./result-dots-svg.js";

const dots: ResultDots = {
  title: "Ways <compared>",
  metricName: "accuracy",
  ways: ["spans", "words & more", "tokens"],
  panels: [
    { title: "areas", points: [{ mean: 0.8, low: 0.75, high: 0.85 }, { mean: 0.6 }, undefined] },
    { title: "reviews", points: [undefined, undefined, undefined] },
  ],
};

describe("picture of ways by tasks", () => {
  const svg = resultDotsSvg(dots);

  test("has a dot for each mean and a whisker for each range", () => {
    assert.equal(svg.match(/<circle/g)?.length, 2);
    assert.equal(svg.match(/class="whisker"/g)?.length, 1);
    const [first, second] = [...svg.matchAll(/<circle class="dot" cx="([\d.]+)" cy="([\d.]+)"/g)];
    assert.ok(Number(first![1]) > Number(second![1]), "a higher mean stands further to the right");
    assert.ok(Number(first![2]) < Number(second![2]), "the first way stands above the second");
  });

  test("tells in words what it shows, and what was not measured", () => {
    assert.match(svg, /areas, accuracy: spans 0\.800; words &amp; more 0\.600; tokens not measured\./);
    assert.match(svg, /nothing was measured/);
    assert.match(svg, /Ways &lt;compared&gt;/);
  });
});
