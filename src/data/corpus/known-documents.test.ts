import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wordPieceTokenizer } from "../../tokenizers/index.js";
import { corpusOf } from "./corpus-of.js";
import { findKnownDocuments } from "./known-documents.js";

const words = ["a", "graft", "grows", "slowly", "here"];
const tokenizer = wordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", ...words]);
const corpus = (...texts: string[]): ReturnType<typeof corpusOf> => corpusOf(texts, tokenizer);

describe("findKnownDocuments", () => {
  test("counts held-out documents that are learnt from, each once, in whatever corpus they stand", async () => {
    const train = [corpus("a graft grows", "here", "a graft grows"), corpus("slowly slowly")];
    const heldOut = [
      corpus("here", "a graft", "grows a graft"),
      corpus("slowly  SLOWLY", "here", "graft grows here"),
    ];
    const tokenCount = 1 + 2 + 3 + 2 + 1 + 3;
    assert.deepEqual(await findKnownDocuments(train, heldOut), {
      ...{ documentCount: 6, knownCount: 3, knownTokenRate: (1 + 2 + 1) / tokenCount },
    });
  });

  test("documents longer than what is read at once are whole", async () => {
    const long = Array.from({ length: 70_000 }, (_, i) => words[i % 5]).join(" ");
    const read: number[] = [];
    const found = await findKnownDocuments([corpus("a", `${long} a`, long)], [corpus("here", long)], {
      onProgress: (done, total) => read.push(done / total),
    });
    assert.deepEqual([found.documentCount, found.knownCount], [2, 1]);
    assert.equal(read.at(-1), 1);
  });

  test("nothing is known where nothing is the same", async () => {
    const { knownCount, knownTokenRate } = await findKnownDocuments([corpus("a graft")], [corpus("graft a")]);
    assert.deepEqual([knownCount, knownTokenRate], [0, 0]);
  });
});
