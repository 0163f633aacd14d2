import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ComparedPiece, type TokenComparison, tokenComparisonHtml } from "./token-comparison-html.js";

const piece = (token: string, start: number, end: number, isUnknown = false): ComparedPiece => ({
  token,
  id: start,
  start,
  end,
  isUnknown,
});
const comparison = (text: string, ...rows: ComparedPiece[][]): TokenComparison => ({
  names: rows.map((_, i) => `tokenizer <${i}>`),
  texts: [{ text, rows }],
  textCount: 1,
  facts: rows.map((row) => ({
    tokenCount: row.length,
    unknownCount: 0,
    tokensPerCharacter: 0.5,
    tokensPerWord: 2,
  })),
});
const shown = (page: string): string[] => [...page.matchAll(/<dd>(.*?)<\/dd>/gs)].map((match) => match[1]!);
/** What a reader sees. */
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

describe("the page of tokenizers side by side", () => {
  test("colours neighbours in turn and shows the text as it is", () => {
    const page = tokenComparisonHtml(
      comparison("ab <c> 日本", [piece("ab", 0, 2), piece("<c>", 3, 6), piece("[UNK]", 7, 9, true)]),
    );
    assert.deepEqual(shown(page), [
      '<mark class="c0" title="ab 0">ab</mark> <mark class="c1" title="&lt;c&gt; 3">&lt;c&gt;</mark> ' +
        '<mark class="unknown" title="[UNK] 7">日本</mark>',
    ]);
    assert.match(
      page,
      /<th scope="row">tokenizer &lt;0&gt;<\/th><td>3<\/td><td>0<\/td><td>0.500<\/td><td>2.000<\/td>/,
    );
  });

  test("shows every text once, however its pieces overlap", () => {
    const text = 'ﬁ😀 "&" か゛';
    const rows = [
      [piece("f", 0, 1), piece("i", 0, 1), piece("<0xF0>", 1, 3), piece("<0x9F>", 1, 3)],
      [piece("▁", 0, 1), piece("ﬁ😀", 0, 3), piece("x", 2, 6)],
      [piece("empty", 2, 2), piece("rest", 8, 10)],
      [],
    ];
    const bodies = shown(tokenComparisonHtml(comparison(text, ...rows)));
    for (const body of bodies.filter((_, i) => i !== 2)) assert.equal(plain(body), text);
    assert.match(bodies[0]!, /data-count="2" title="&lt;0xF0&gt; 1 · &lt;0x9F&gt; 1"/);
    assert.match(bodies[2]!, /<mark class="c0" title="empty 2">·<\/mark>/);
  });

  test("loads and runs nothing", () => {
    const script = '<script>alert(1)</script><img src="x" onerror="y">';
    const page = tokenComparisonHtml(comparison(script, [piece('"><script>', 0, 5)]));
    assert.doesNotMatch(page, /<(script|img|link|iframe)|url\(|@import|\ssrc=\w/);
    assert.match(page, /^<!doctype html>\n<html lang="en">/);
    assert.equal(plain(shown(page)[0]!), script);
  });

  test("says that there are more texts than it shows", () => {
    const { texts, ...rest } = comparison("a", [piece("a", 0, 1)]);
    assert.match(tokenComparisonHtml({ ...rest, texts, textCount: 1234 }), /The first 1 of 1,234 texts\./);
    assert.doesNotMatch(tokenComparisonHtml({ ...rest, texts }), /The first/);
  });
});
