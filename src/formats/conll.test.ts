import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readConll } from "./conll.js";

const read = (text: string) => readConll([new TextEncoder().encode(text)], "a.conll");

describe("CoNLL", () => {
  test("a word first, its tag last, a blank line after a sentence", async () => {
    const set = await read(
      "-DOCSTART- -X- O O\n\nEU NNP I-NP B-ORG\nrejects VBZ I-VP O\n\n\nPeter NNP I-NP B-PER",
    );
    assert.deepEqual(
      set.rows.map((row) => [row.line, row.fields["words"], row.fields["tags"]]),
      [
        [3, ["EU", "rejects"], ["B-ORG", "O"]],
        [7, ["Peter"], ["B-PER"]],
      ],
    );
    assert.deepEqual(set.skipped, [{ line: 1, reason: "start of a document" }]);
  });

  test("spaces or tabs, CRLF, Japanese", async () => {
    const spaces = await read("ただし O\r\n東京 B-LOC\r\n\r\n");
    assert.deepEqual({ ...spaces.rows[0]!.fields }, { words: ["ただし", "東京"], tags: ["O", "B-LOC"] });
    const tabs = await read("New York\tB-LOC\n");
    assert.deepEqual(tabs.rows[0]!.fields["words"], ["New York"]);
  });

  test("comments are counted; the word # is a word", async () => {
    const set = await read('# text = x\n# O\n"\tO\n'.replace("\t", " "));
    assert.deepEqual(set.rows[0]!.fields["words"], ["#", '"']);
    assert.deepEqual(set.skipped, [{ line: 1, reason: "comment" }]);
  });

  test("a tag without a word is left out and counted", async () => {
    const set = await read("a\tO\n\tO\nb\tO\n");
    assert.deepEqual(set.rows[0]!.fields["words"], ["a", "b"]);
    assert.deepEqual(set.skipped, [{ line: 2, reason: "no word before the tag" }]);
  });

  test("errors name the line", async () => {
    await assert.rejects(
      read("a O\nb\n"),
      /^FileError: a\.conll, line 2: expected a word and its tag, got "b"$/,
    );
    await assert.rejects(read("a\tO\nb\t\n"), /line 2: expected a word and its tag, got "b\\t"/);
    await assert.rejects(
      read("a O\nNew York O\n"),
      /line 2: expected 2 columns as in the lines before, got 3/,
    );
  });
});
