import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type AlignedText,
  AlignedTextBuilder,
  mapCharacters,
  rawEnd,
  rawStart,
  rawText,
  sliceText,
} from "./aligned-text.js";
import { replace } from "./normalizers/replace.js";
import { normalizerSequence } from "./normalizers/sequence.js";
import { literalPattern } from "./text-pattern.js";

function spans(text: AlignedText): string[] {
  return Array.from({ length: text.text.length }, (_, i) => `${rawStart(text, i)}-${rawEnd(text, i)}`);
}

describe("AlignedText", () => {
  test("a raw text stands for itself, from its offset on", () => {
    assert.deepEqual(spans(rawText("ab", 5)), ["5-6", "6-7"]);
  });

  test("characters that became none or several keep the place they came from", () => {
    const doubled = mapCharacters(rawText("a😀-b", 1), (character) =>
      character === "-" ? "" : character + character,
    );
    assert.equal(doubled.text, "aa😀😀bb");
    assert.deepEqual(spans(doubled), ["1-2", "1-2", "2-4", "2-4", "2-4", "2-4", "5-6", "5-6"]);
    const again = mapCharacters(doubled, (character) => (character === "a" ? "xyz" : character));
    assert.deepEqual(spans(again).slice(0, 7), ["1-2", "1-2", "1-2", "1-2", "1-2", "1-2", "2-4"]);
    assert.deepEqual(spans(sliceText(again, 5, 7)), ["1-2", "2-4"]);
    assert.deepEqual(spans(sliceText(rawText("abc", 5), 1, 3)), ["6-7", "7-8"]);
  });

  test("a text in which nothing changes is returned as it is", () => {
    const source = rawText("same");
    assert.equal(
      mapCharacters(source, (character) => character),
      source,
    );
  });

  test("the builder keeps, replaces and puts", () => {
    const builder = new AlignedTextBuilder(rawText("abcd"));
    builder.keep(0, 1);
    builder.replace("xyz", 1, 3);
    builder.put("!", 0, 4);
    assert.equal(builder.build().text, "axyz!");
    assert.deepEqual(spans(builder.build()), ["0-1", "1-3", "1-3", "1-3", "0-4"]);
  });

  test("steps that multiply a text are stopped before memory ends", () => {
    const doubling = normalizerSequence(
      Array.from({ length: 60 }, () => replace(literalPattern("a"), "aaaaaaaaaaaaaaaa")),
    );
    assert.throws(() => doubling.normalize(rawText("a".repeat(100))), /grow beyond/);
  });
});
