import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readLabeledLines } from "./labeled-lines.js";

describe("labelled lines", () => {
  test("as TREC writes them", () => {
    const { rows, skipped } = readLabeledLines(
      "DESC:manner How did it ?\n\nENTY:animal What is it ?\n",
      "a.label",
    );
    assert.deepEqual(
      rows.map((row) => [row.line, row.fields["label"], row.fields["text"]]),
      [
        [1, "DESC:manner", "How did it ?"],
        [3, "ENTY:animal", "What is it ?"],
      ],
    );
    assert.deepEqual(skipped, [{ line: 2, reason: "blank line" }]);
  });

  test("as fastText writes them, with one label or several", () => {
    const { rows } = readLabeledLines("__label__API fetch\n__label__a __label__b two\n", "a.txt");
    assert.deepEqual(
      rows.map((row) => row.fields["label"]),
      ["API", ["a", "b"]],
    );
  });

  test("a line without label or text is named", () => {
    assert.throws(
      () => readLabeledLines("a b\nc\n", "a.label"),
      /^FileError: a\.label, line 2: expected a label and a text, got "c"$/,
    );
    assert.throws(
      () => readLabeledLines("__label__a b\nc d\n", "a.txt"),
      /a\.txt, line 2: expected __label__NAME and a text, got "c d"/,
    );
  });
});
