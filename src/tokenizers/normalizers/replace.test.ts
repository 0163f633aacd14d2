import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rawEnd, rawStart, rawText } from "../aligned-text.js";
import { readNormalizer } from "./index.js";

function run(json: object, text: string): string[] {
  const result = readNormalizer(json as never, "file").normalize(rawText(text));
  return Array.from(
    { length: result.text.length },
    (_, i) => `${result.text[i]} ${rawStart(result, i)}-${rawEnd(result, i)}`,
  );
}

describe("Replace and Prepend", () => {
  test("what is written stands for the last character replaced", () => {
    const step = { type: "Replace", pattern: { String: "``" }, content: '"!' };
    assert.deepEqual(run(step, "a``b"), ["a 0-1", '" 2-3', "! 2-3", "b 3-4"]);
    assert.deepEqual(run({ ...step, content: "" }, "a``b``"), ["a 0-1", "b 3-4"]);
    assert.deepEqual(run({ ...step, pattern: { String: "" } }, "ab"), ["a 0-1", "b 1-2"]);
  });

  test("what is prepended stands for the first character", () => {
    assert.deepEqual(run({ type: "Prepend", prepend: "▁" }, "ab"), ["▁ 0-1", "a 0-1", "b 1-2"]);
    assert.deepEqual(run({ type: "Prepend", prepend: "▁" }, ""), []);
  });

  test("a regular expression replaces each match", () => {
    const step = { type: "Replace", pattern: { Regex: " {2,}" }, content: " " };
    assert.deepEqual(run(step, "a   b c"), ["a 0-1", "  3-4", "b 4-5", "  5-6", "c 6-7"]);
    assert.deepEqual(run({ ...step, pattern: { Regex: "$" }, content: "!" }, "ab"), [
      "a 0-1",
      "b 1-2",
      "! 1-2",
    ]);
    assert.deepEqual(run({ ...step, pattern: { Regex: "^" }, content: "!" }, "ab")[0], "! 0-0");
    assert.deepEqual(readNormalizer(step, "file").toJson(), step);
  });

  test("a pattern that hangs other engines is answered in time", { timeout: 10_000 }, () => {
    const step = { type: "Replace", pattern: { Regex: "(a+)+$" }, content: "" };
    assert.equal(run(step, `${"a".repeat(5000)}!`).length, 5001);
    assert.deepEqual(run(step, "aaa"), []);
    assert.throws(() => run({ type: "Replace", pattern: "x", content: "" }, "a"), { name: "FileError" });
  });
});
