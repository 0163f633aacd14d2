import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ResultCurves, resultCurvesSvg } from "./result-curves-svg.js";

const curves: ResultCurves = {
  title: "labels <and> accuracy",
  settingName: "labels",
  settings: ["50", "200", "all"],
  metricName: "accuracy",
  panels: [
    {
      title: "分野",
      series: [
        { name: "fine-tuned", points: [{ mean: 0.5, low: 0.4, high: 0.6 }, undefined, { mean: 0.8 }] },
        { name: "from scratch", points: [{ mean: 0.4 }, { mean: 0.5 }, { mean: 0.6 }] },
      ],
    },
    { title: "empty", series: [{ name: "fine-tuned", points: [undefined, undefined, undefined] }] },
  ],
};

describe("result curves", () => {
  test("draw means where they lie, at equal distances, with whiskers where there is a range", () => {
    const svg = resultCurvesSvg(curves);
    // settings lie on x 82 ... 334, means 0.4 ... 0.8 on y 282 ... 112
    assert.ok(svg.includes('<path class="line way0" d="M82 239.5L334 112"/>'));
    assert.ok(svg.includes('<path class="whisker way0" d="M82 282V197"/>'));
    assert.ok(svg.includes('<path class="line way1" d="M82 282L208 239.5L334 197"/>'));
    assert.equal(svg.match(/class="whisker way\d"/g)!.length, 1);
    assert.equal(svg.match(/<circle/g)!.length, 5);
  });

  test("say in words what they show, and where nothing was measured", () => {
    const svg = resultCurvesSvg(curves);
    assert.ok(svg.includes("分野, accuracy: fine-tuned 0.500 at 50, 0.800 at all; from scratch 0.400 at 50"));
    assert.ok(svg.includes("empty, accuracy: fine-tuned not measured."));
    assert.ok(svg.includes(">nothing was measured</text>"));
    assert.ok(svg.includes("labels &lt;and&gt; accuracy") && !/NaN|undefined/.test(svg));
  });

  test("style every class they use", () => {
    const svg = resultCurvesSvg(curves);
    const used = [...svg.matchAll(/class="([^"]+)"/g)].flatMap(([, names]) => names!.split(" "));
    const [light, dark] = svg.split("@media");
    for (const name of used) assert.ok(light!.includes(`.${name}{`) && dark!.includes(`.${name}{`), name);
  });
});
