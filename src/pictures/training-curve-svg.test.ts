import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type TrainingCurve, trainingCurveSvg } from "./training-curve-svg.js";

const curve: TrainingCurve = {
  title: "要素の分類 <3",
  train: [
    { step: 10, loss: 0.5 },
    { step: 20, loss: 0.25 },
  ],
  evaluation: [
    { step: 10, loss: 0.4, metric: 0.8 },
    { step: 20, loss: 0.3, metric: 0.9 },
  ],
  metricName: "macro F1",
  bestStep: 20,
};

describe("training curve", () => {
  test("draws the points where their values lie", () => {
    const svg = trainingCurveSvg(curve);
    // Steps 0 ... 20 lie on x 64 ... 696, losses 0 ... 0.5 on y 294 ... 84, metrics 0.8 ... 0.9 on y 472 ... 342.
    assert.ok(svg.includes('<path class="line train" d="M380 84L696 189"/>'));
    assert.ok(svg.includes('<path class="line evaluation" d="M380 126L696 168"/>'));
    assert.ok(svg.includes('<path class="line metric" d="M380 472L696 342"/>'));
    assert.ok(svg.includes('<path class="best" d="M696 84V472"/>'));
  });

  test("says in words what it shows", () => {
    const svg = trainingCurveSvg(curve);
    assert.ok(svg.includes('<title id="title">要素の分類 &lt;3</title>'));
    assert.ok(
      svg.includes(
        "training loss from 0.500 at step 10 to 0.250 at step 20; evaluation loss from 0.400 at step 10 to 0.300 at step 20; macro F1 from 0.800 at step 10 to 0.900 at step 20; best model at step 20.",
      ),
    );
    for (const word of ["loss", "step", "training", "evaluation", "best 0.900"])
      assert.ok(svg.includes(`>${word}</text>`));
  });

  test("styles every class it uses", () => {
    const svg = trainingCurveSvg(curve);
    const used = [...svg.matchAll(/class="([^"]+)"/g)].flatMap(([, names]) => names!.split(" "));
    const [light, dark] = svg.split("@media");
    for (const name of used) {
      assert.ok(light!.includes(`.${name}{`), `${name} in light`);
      assert.ok(dark!.includes(`.${name}{`), `${name} in dark`);
    }
  });

  test("leaves out what is no number, never writes one", () => {
    const svg = trainingCurveSvg({
      ...curve,
      train: [
        { step: 1, loss: Number.NaN },
        { step: 2, loss: Number.POSITIVE_INFINITY },
      ],
      evaluation: [
        { step: 3, loss: Number.NaN, metric: 0.5 },
        { step: 4, loss: 0.7, metric: undefined },
      ],
      bestStep: 3,
    });
    assert.ok(!/NaN|Infinity|undefined/.test(svg));
    assert.equal(svg.match(/<circle/g)!.length, 2);
  });

  test("draws one point, no points, and losses alone", () => {
    const one = trainingCurveSvg({ title: "one", train: [{ step: 1, loss: 0.69 }], evaluation: [] });
    assert.equal(one.match(/<circle/g)!.length, 1);
    assert.ok(!one.includes('class="line metric"') && !/NaN|Infinity|undefined/.test(one));
    const none = trainingCurveSvg({ title: "none", train: [], evaluation: [] });
    assert.ok(none.includes(">nothing was measured</text>") && !/NaN|Infinity|undefined/.test(none));
  });

  test("stays small for a long run", () => {
    const train = Array.from({ length: 20_000 }, (_, i) => ({ step: i + 1, loss: 1 / (i + 1) }));
    const svg = trainingCurveSvg({ ...curve, train });
    assert.ok(svg.includes('class="faint train"') && svg.length < 20_000, `${svg.length} characters`);
  });
});
