import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { padText, textWidth, truncateText, visibleText } from "./text-width.js";

describe("text width", () => {
  const cases: [string, number][] = [
    ["", 0],
    ["abc", 3],
    ["要素の外側", 10],
    ["ｶﾞ", 2], // half-width katakana and its half-width voicing mark are a column each
    ["か\u3099", 2], // combining voicing mark
    ["é", 1],
    ["e\u0301", 1],
    ["ＡＢ１", 6],
    ["「text」", 8],
    ["한국어", 6],
    ["\u1112\u1161\u11ab", 2], // Hangul from its letters
    ["😀", 2],
    ["👨‍👩‍👧‍👦", 2],
    ["👍🏽", 2],
    ["🇯🇵", 2],
    ["1️⃣", 2],
    ["a\u200bb", 2],
    ["\u001b[31mred\u001b[39m", 3],
    ["𠮷", 2],
    ["𝒳", 1],
    ["क्‍ष", 2], // a joiner between letters joins no emoji
    ["\u200d", 0],
    ["━╺", 2],
    ["·…–", 3],
  ];
  for (const [text, width] of cases) {
    test(JSON.stringify(text), () => assert.equal(textWidth(text), width));
  }
});

test("padding counts columns, on either side", () => {
  assert.equal(padText("要素", 6), "要素  ");
  assert.equal(padText("12", 4, "right"), "  12");
  assert.equal(padText("too long", 3), "too long");
});

test("truncation never splits a character and never exceeds the width", () => {
  assert.equal(truncateText("要素の外側", 10), "要素の外側");
  assert.equal(truncateText("要素の外側", 9), "要素の外…");
  assert.equal(truncateText("要素の外側", 8), "要素の…");
  assert.equal(truncateText("ab👨‍👩‍👧‍👦cd", 4), "ab…");
  assert.equal(truncateText("abc", 0), "");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, width) => {
      assert.ok(textWidth(truncateText(text, width)) <= width);
    }),
  );
});

test("control characters of foreign text become pictures", () => {
  assert.equal(visibleText("a\tb\u001b[2Jc\u007f\u009b\u202e"), "a␉b␛[2Jc␡\ufffd\ufffd");
  assert.equal(visibleText("要素 👨‍👩‍👧"), "要素 👨‍👩‍👧");
});
