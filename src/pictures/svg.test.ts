import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeXml, estimatedWidth, fitText, rounded, svgDocument } from "./svg.js";

test("text cannot break out of its element", () => {
  assert.equal(escapeXml(`</text><script>"&`), "&lt;/text&gt;&lt;script&gt;&quot;&amp;");
  assert.equal(escapeXml("a\u0000b\ud800c𠮷\n"), "a\ufffdb\ufffdc𠮷\n");
});

test("texts are cut to the width they are given, full-width ones sooner", () => {
  assert.equal(estimatedWidth("要素", 10), 20);
  assert.equal(fitText("要素の外側", 60), "要素の外側");
  assert.equal(fitText("要素の外側", 50), "要素の…");
  assert.equal(fitText("abc", 3), "…");
});

test("numbers carry no zeros at their end", () => {
  assert.deepEqual([rounded(1.25, 1), rounded(2, 1), rounded(-0.04, 1)], ["1.3", "2", "0"]);
});

test("a document names itself and styles every class for light and for dark", () => {
  const svg = svgDocument({
    width: 10,
    height: 20,
    title: "a < b",
    description: "what it shows",
    styles: { mark: ["fill: red", "fill: pink"] },
    body: "<g/>",
  });
  assert.match(svg, /^<svg [^>]*viewBox="0 0 10 20"[^>]*aria-labelledby="title description"/);
  assert.match(svg, /<title id="title">a &lt; b<\/title>\n<desc id="description">what it shows<\/desc>/);
  assert.match(
    svg,
    /\.mark\{fill: red\}@media \(prefers-color-scheme: dark\)\{.*\.mark\{fill: pink\}\}<\/style>/,
  );
});
