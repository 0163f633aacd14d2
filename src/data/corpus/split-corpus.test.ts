import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wordPieceTokenizer } from "../../tokenizers/index.js";
import { corpusOf } from "./corpus-of.js";
import { splitCorpus } from "./split-corpus.js";
import { documentBegins, type TokenCorpus } from "./token-corpus.js";

const numbers = Array.from({ length: 50 }, (_, i) => `${i}`);
const tokenizer = wordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", ...numbers]);
/** Each document is its number, as many times as that and one more. */
const corpus = corpusOf(
  numbers.map((number, i) => Array.from({ length: i + 1 }, () => number).join(" ")),
  tokenizer,
);

function documentsIn({ read, tokenCount, documentCount }: TokenCorpus): number[] {
  const { ids, begins } = read(0, tokenCount);
  const firsts = Array.from(ids.keys()).filter((i) => (begins[i]! & documentBegins) !== 0);
  assert.equal(firsts.length, documentCount);
  firsts.forEach((first, i) => {
    const document = ids.slice(first, firsts[i + 1] ?? ids.length);
    const number = Number(tokenizer.idToToken(document[0]!));
    assert.equal(document.length, number + 1);
    assert.ok(document.every((id) => id === document[0]));
  });
  return firsts.map((first) => Number(tokenizer.idToToken(ids[first]!)));
}

describe("splitCorpus", () => {
  for (const split of [
    { last: 0.1 },
    { last: 0.999 },
    { last: 1e-9 },
    { every: 2 },
    { every: 7 },
    { every: 50 },
  ])
    test(`whole documents, none in both, none lost: ${JSON.stringify(split)}`, () => {
      const { train, validation } = splitCorpus(corpus, split);
      const [first, second] = [documentsIn(train), documentsIn(validation)];
      assert.ok(first.length > 0 && second.length > 0);
      assert.deepEqual(
        [...first, ...second].sort((a, b) => a - b),
        [...numbers.keys()],
      );
      assert.equal(train.tokenCount + validation.tokenCount, corpus.tokenCount);
      assert.notEqual(train.digest, validation.digest);
    });

  test("a part reads the same in one stretch and in small ones", () => {
    const { train } = splitCorpus(corpus, { every: 3 });
    const whole = train.read(0, train.tokenCount);
    for (let start = 0; start < train.tokenCount; start += 11) {
      const { ids, begins, document } = train.read(start, 11);
      assert.deepEqual(ids, whole.ids.slice(start, start + 11));
      assert.deepEqual(begins, whole.begins.slice(start, start + 11));
      const begun = whole.begins.slice(1, start + 1).filter((bits) => (bits & documentBegins) !== 0);
      assert.equal(document, begun.length);
    }
    assert.equal(train.read(train.tokenCount - 3, 10).ids.length, 3);
  });

  test("a tenth of the tokens is about a tenth", () => {
    const { validation } = splitCorpus(corpus, { last: 0.1 });
    assert.ok(Math.abs(validation.tokenCount / corpus.tokenCount - 0.1) < 0.05);
  });

  test("refuses what cannot be divided", () => {
    assert.throws(
      () => splitCorpus(corpusOf(["1"], tokenizer), { last: 0.1 }),
      /at least 2 documents, got 1/,
    );
    assert.throws(() => splitCorpus(corpus, { every: 60 }), /at least 60 documents, got 50/);
    assert.throws(() => splitCorpus(corpus, { last: 1 }), { name: "OptionError" });
    assert.throws(() => splitCorpus(corpus, { every: 1 }), { name: "OptionError" });
  });
});
