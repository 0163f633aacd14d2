import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Random } from "../../base/index.js";
import { wordPieceTokenizer } from "../../tokenizers/index.js";
import { prepareCorpus } from "./files-prepare-corpus.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-corpus-"));
after(() => rmSync(folder, { recursive: true }));

const words = ["graft", "plant", "tree", "grow", "leaf", "root"];
const tokenizer = wordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", ".", "##s", ...words]);

/** Some megabytes of sentences, some of them again and again. */
function manyDocuments(): string {
  const random = new Random(1);
  return Array.from({ length: 40_000 }, (_, i) => {
    if (i % 10 === 9) return "graft trees.";
    const sentence = (): string =>
      `${Array.from({ length: 2 + random.integer(15) }, () => words[random.integer(6)]).join(" ")}.`;
    return Array.from({ length: 1 + random.integer(20) }, sentence).join(" ");
  }).join("\n\n");
}

describe("prepareCorpus", () => {
  test("the bytes do not depend on the number of threads", async () => {
    const text = join(folder, "texts.txt");
    writeFileSync(text, manyDocuments()); // more than is encoded before threads are started
    const [one, three] = [join(folder, "one"), join(folder, "three")];
    const options = { files: [text], tokenizer, nearDuplicates: 0.8 };
    const { corpus } = await prepareCorpus({ ...options, directory: one, threads: 1 });
    await prepareCorpus({ ...options, directory: three, threads: 3 });
    for (const name of ["begins.bin", "corpus.json", "documents.bin", "tokens.bin"])
      assert.deepEqual(readFileSync(join(three, name)), readFileSync(join(one, name)));
    const { removed, documentCount } = corpus.report;
    assert.ok(removed.find(({ step }) => step === "duplicate")!.count > 3000);
    assert.ok(documentCount > 10_000);
  });
});
