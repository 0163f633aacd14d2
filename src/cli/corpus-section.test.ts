import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CorpusReport } from "../data/corpus/index.js";
import { corpusLines, corpusWarnings } from "./corpus-section.js";
import { sectionText } from "./terminal/index.js";

const file = (name: string): CorpusReport["files"][number] => ({
  path: name,
  size: 1_234_567,
  lineCount: 5000,
  documentCount: 1204,
  skipped: [],
});

const report: CorpusReport = {
  files: [file("wiki-1.txt"), file("wiki-2.txt")],
  documentCount: 2289,
  sentenceCount: 54_321,
  tokenCount: 1_204_512,
  characterCount: 2_301_100,
  byteCount: 2_310_000,
  unknownCount: 2409,
  specialCount: 0,
  lengths: { median: 310, most: 1804, longest: 12_020 },
  removed: [
    {
      step: "duplicate",
      count: 119,
      examples: ["wiki-1.txt, line 120", "wiki-2.txt, line 7"],
      missedCount: 0,
    },
  ],
  cutDocuments: { count: 0, examples: [] },
  cutSentenceCount: 0,
};

describe("corpusLines", () => {
  test("tell the files, what was kept and what was left out", () => {
    assert.deepEqual(sectionText("corpus", corpusLines(report)), [
      "corpus    wiki-1.txt             1,204 documents   1.2 MB",
      "          wiki-2.txt             1,204 documents   1.2 MB",
      "          kept                   2,289 documents   54,321 sentences · 1,204,512 tokens · 2,301,100 characters",
      "          tokens                 0.52 a character · unknown 0.2 %",
      "          document (tokens)      median 310 · 95 % 1,804 · longest 12,020",
      "          left out               119 documents that repeat an earlier one (wiki-1.txt, line 120; wiki-2.txt, line 7)",
    ]);
  });

  test("of a long path the end is shown", () => {
    const shown = (path: string): unknown =>
      (corpusLines({ ...report, files: [file(path)] })[0] as string[])[0];
    const folder = "/a/very/long/way/to/the/folder/of/all/the/corpora";
    assert.equal(shown(`${folder}/modern/wiki.txt`), "…/of/all/the/corpora/modern/wiki.txt");
    assert.equal(shown("short/wiki.txt"), "short/wiki.txt");
  });

  test("many files are summed up", () => {
    const files = Array.from({ length: 12 }, (_, i) => file(`${i}.txt`));
    assert.deepEqual(corpusLines({ ...report, files })[3], ["9 more", "10,836 documents", "11 MB"]);
  });
});

describe("corpusWarnings", () => {
  test("there are none of a clean corpus; blank lines are none", () => {
    const files = [{ ...file("a"), skipped: [{ reason: "blank line", count: 3, firstLine: 2 }] }];
    assert.deepEqual(corpusWarnings({ ...report, files }), []);
  });

  test("whatever was skipped, cut, missed or misread is told", () => {
    const skipped = [{ reason: "bytes that are not UTF-8", count: 1, firstLine: 1200 }];
    const warnings = corpusWarnings({
      ...report,
      files: [{ ...file("a\u001b.txt"), skipped }],
      removed: [{ step: "near-duplicate", count: 0, examples: [], missedCount: 1_500_000 }],
      cutDocuments: { count: 2, examples: ["b.txt, line 1"] },
      cutSentenceCount: 4,
      specialCount: 5,
    });
    assert.equal(warnings.length, 5);
    assert.ok(!warnings[0]!.includes("\u001b"));
    assert.match(warnings[0]!, /\.txt: 1 line skipped: bytes that are not UTF-8 \(first on line 1,200\)$/);
    assert.match(warnings[1]!, /cut in 2 places \(b\.txt, line 1\)/);
    assert.match(warnings[4]!, /^1\.5 .* documents found no room in memory/);
  });
});
