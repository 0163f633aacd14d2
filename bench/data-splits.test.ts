import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs } from "../test/shared.js";
import { nerWikipediaSplit, xquadSplit } from "./data-splits.js";

describe("data splits", () => {
  test("XQuAD keeps every question once", needs("data/en/xquad"), () => {
    const { trainFile, validationFile } = xquadSplit();
    const ids = [trainFile, validationFile].map((path) =>
      [...readFileSync(path, "utf8").matchAll(/"id":"(\w+)"/g)].map((match) => match[1]!),
    );
    assert.equal(new Set(ids.flat()).size, 851);
    assert.equal(ids.flat().length, 851);
    assert.ok(ids[1]!.length > 100);
  });

  test("Japanese entities become one character a line", needs("data/ja/ner-wikipedia"), () => {
    const sentences = readFileSync(nerWikipediaSplit().trainFile, "utf8").trim().split("\n\n");
    assert.equal(sentences.length, 2272);
    const lines = sentences[0]!.split("\n").map((line) => line.split(" "));
    assert.equal(lines.map(([character]) => character).join(""), "SPRiNGSと最も仲の良いライバルグループ。");
    const tags = lines.map(([, tag]) => tag);
    assert.deepEqual(tags.slice(0, 2), ["B-その他の組織名", "I-その他の組織名"]);
    assert.deepEqual(tags.slice(6, 8), ["I-その他の組織名", "O"]);
  });
});
