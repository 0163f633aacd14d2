import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AttentionView, attentionHtml } from "./attention-html.js";
import { attentionScript } from "./attention-script.js";

const view: AttentionView = {
  model: "a <model>",
  description: "BERT, 1 layers x 4",
  parts: [
    {
      name: "attention",
      queries: ["[CLS]", "</script>"],
      keys: ["[CLS]", "</script>"],
      layers: [{ headCount: 2, probabilities: Float32Array.of(1, 0, 0.25, 0.75, 0.5, 0.5, 0.1, 0.9) }],
    },
  ],
};

describe("the page of attention", () => {
  const page = attentionHtml(view);

  test("holds the tokens and the probabilities, to 16 bits", () => {
    const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
    const [part] = JSON.parse(json);
    assert.deepEqual(part.queries, ["[CLS]", "</script>"]);
    const bytes = Uint8Array.from(atob(part.layers[0].weights), (character) => character.charCodeAt(0));
    const weights = Array.from(new Uint16Array(bytes.buffer), (value) => value / 65535);
    const expected = [...view.parts[0]!.layers[0]!.probabilities];
    assert.equal(weights.length, expected.length);
    weights.forEach((weight, i) => {
      assert.ok(Math.abs(weight - expected[i]!) < 1e-5);
    });
  });

  test("lets no token of a text become a part of the page", () => {
    assert.equal(page.match(/<\/script>/g)!.length, 2);
    assert.match(page, /<h1>a &lt;model&gt;<\/h1>/);
  });

  test("loads nothing, and its script is one that runs", () => {
    assert.doesNotMatch(page, /https?:|\bsrc=|\bhref=|@import|url\(/);
    assert.doesNotThrow(() => new Function(attentionScript)); // read, not run
  });
});
