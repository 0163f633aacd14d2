import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs } from "../test/shared.js";
import { englishJapaneseSplit, nerWikipediaSplit, xquadSplit } from "./data-splits.js";

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

  test("English and Japanese stand beside each other", needs("data/enja"), () => {
    const { trainFile, validationFile } = englishJapaneseSplit();
    const [train, validation] = [trainFile, validationFile].map((path) =>
      readFileSync(path, "utf8").trimEnd().split("\n"),
    );
    assert.deepEqual([train!.length, validation!.length], [50_001, 501]); // with a line of names
    assert.equal(validation![1], "show your own business .\t自分 の 事 を しろ 。");
    assert.ok([...train!, ...validation!].every((line) => line.split("\t").length === 2));
  });
});
