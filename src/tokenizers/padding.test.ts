import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { padBatch, wordPieceTokenizer } from "./index.js";

describe("padBatch", () => {
  const tokenizer = wordPieceTokenizer("[PAD] [UNK] [CLS] [SEP] a b".split(" "));
  const encodings = [tokenizer.encode("a", { pair: "b" }), tokenizer.encode("a")];

  test("fills up to the longest, on either side", () => {
    const right = padBatch(encodings, { padId: 0 });
    assert.deepEqual([right.size, right.length], [2, 5]);
    assert.deepEqual([...right.ids], [2, 4, 3, 5, 3, 2, 4, 3, 0, 0]);
    assert.deepEqual([...right.typeIds], [0, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
    assert.deepEqual([...right.mask], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    const left = padBatch(encodings, { padId: 9, padTypeId: 7, side: "left" });
    assert.deepEqual([...left.ids.subarray(5)], [9, 9, 2, 4, 3]);
    assert.deepEqual([...left.typeIds.subarray(5)], [7, 7, 0, 0, 0]);
    assert.deepEqual([...left.mask.subarray(5)], [0, 0, 1, 1, 1]);
  });

  test("lengths", () => {
    assert.equal(padBatch(encodings, { padId: 0, multiple: 8 }).length, 8);
    assert.equal(padBatch(encodings, { padId: 0, length: 6 }).length, 6);
    assert.equal(padBatch([], { padId: 0 }).length, 0);
    assert.throws(() => padBatch(encodings, { padId: 0, multiple: 0 }), { name: "OptionError" });
  });
});
