import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rawText } from "../aligned-text.js";
import { composeText } from "./composed-form.js";

function parts(text: string): string[][] {
  const composed = composeText(rawText(text), "NFKC");
  const { starts, ends } = composed;
  return Array.from(composed.text, (character, i) => [character, text.slice(starts![i], ends![i])]);
}

describe("composedForm", () => {
  test("a character stands for all it was composed of", () => {
    assert.deepEqual(parts("ｶﾞｽﾊﾟか\u3099"), [
      ["ガ", "ｶﾞ"],
      ["ス", "ｽ"],
      ["パ", "ﾊﾟ"],
      ["が", "か\u3099"],
    ]);
  });

  test("characters that were one stand for the one", () => {
    assert.deepEqual(parts("㈱ﾞ㍻ｱ"), [
      ["(", "㈱"],
      ["株", "㈱"],
      [")", "㈱"],
      ["\u3099", "ﾞ"],
      ["平", "㍻"],
      ["成", "㍻"],
      ["ア", "ｱ"],
    ]);
  });

  test("nothing of the text is left out, and spans only go forwards", () => {
    const unit = fc.constantFrom(..."aｶﾞﾟか\u3099が\u0301é㈱ｱ\u0345각", "\ud83d\ude00");
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1 }), (text) => {
        const { starts, ends } = composeText(rawText(`${text}①`), "NFKC");
        let reached = 0;
        starts!.forEach((start, i) => {
          assert.ok(start <= reached && start >= (starts![i - 1] ?? 0));
          reached = Math.max(reached, ends![i]!);
        });
        assert.equal(reached, text.length + 1);
      }),
    );
  });
});
