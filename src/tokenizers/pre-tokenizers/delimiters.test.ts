import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rawText } from "../aligned-text.js";
import { type DelimiterBehavior, delimiterBehaviors } from "./delimiters.js";
import { readPreTokenizer } from "./index.js";

function cut(json: object, text: string): string[] {
  const { source, bounds } = readPreTokenizer(json as never, "file").split({
    source: rawText(text),
    bounds: [0, text.length],
  });
  const pieces: string[] = [];
  for (let k = 0; k < bounds.length; k += 2) pieces.push(source.text.slice(bounds[k], bounds[k + 1]));
  return pieces;
}

// The example of the `tokenizers` library's documentation, with a delimiter at each end.
const expected: Record<DelimiterBehavior, string[]> = {
  Removed: ["the", "final", "cut"],
  Isolated: ["-", "the", "-", "final", "-", "-", "cut", "-"],
  MergedWithPrevious: ["-", "the-", "final-", "-", "cut-"],
  MergedWithNext: ["-the", "-final", "-", "-cut", "-"],
  Contiguous: ["-", "the", "-", "final", "--", "cut", "-"],
};

describe("cutting at delimiters", () => {
  for (const behavior of delimiterBehaviors) {
    test(behavior, () => {
      const split = { type: "Split", pattern: { String: "-" }, behavior, invert: false };
      assert.deepEqual(cut(split, "-the-final--cut-"), expected[behavior]);
      assert.deepEqual(cut({ type: "Punctuation", behavior }, "-the-final--cut-"), expected[behavior]);
    });
  }

  test("other steps", () => {
    assert.deepEqual(cut({ type: "CharDelimiterSplit", delimiter: "😀" }, "a😀b😀"), ["a", "b"]);
    assert.deepEqual(cut({ type: "Digits", individual_digits: false }, "a12b³4"), ["a", "12", "b", "³4"]);
    const steps = [{ type: "WhitespaceSplit" }, { type: "Digits", individual_digits: true }];
    assert.deepEqual(cut({ type: "Sequence", pretokenizers: steps }, "a1 2"), ["a", "1", "2"]);
  });

  test("what is not supported is refused by name", () => {
    assert.throws(() => cut({ type: "Syllables" }, ""), /the pre-tokenizer "Syllables" is not supported yet/);
    assert.throws(
      () => cut({ type: "Split", pattern: { Regex: "(a)\\1" }, behavior: "Removed" }, ""),
      /^FileError: file, pattern: the regular expression/,
    );
    assert.throws(
      () => cut({ type: "Split", pattern: { String: "a" }, behavior: "removed" }, ""),
      /"behavior"/,
    );
    assert.throws(() => cut({ type: "CharDelimiterSplit", delimiter: "ab" }, ""), /one character/);
  });
});
