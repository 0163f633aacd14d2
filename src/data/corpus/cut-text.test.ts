import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cutText } from "./cut-text.js";

describe("cutText", () => {
  test("cuts where it hurts least", () => {
    assert.deepEqual(cutText("short", 10), ["short"]);
    assert.deepEqual(cutText("a b. c\nd e f", 10), ["a b. c\n", "d e f"]);
    assert.deepEqual(cutText("一二三。四五六七八", 6), ["一二三。", "四五六七八"]);
    assert.deepEqual(cutText("aa bb cc dd", 8), ["aa bb ", "cc dd"]);
    assert.deepEqual(cutText("abcdefgh", 3), ["abc", "def", "gh"]);
  });

  test("the parts are the text, short enough, and no character is cut", () => {
    const text = fc.array(fc.constantFrom("a", "。", " ", "\n", "🌱", "、", ". "), { maxLength: 80 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (pieces, limit) => {
        const whole = pieces.join("");
        const parts = cutText(whole, limit);
        assert.equal(parts.join(""), whole);
        assert.ok(parts.every((part) => part.length <= limit && !/\p{Surrogate}/u.test(part)));
      }),
    );
  });
});
