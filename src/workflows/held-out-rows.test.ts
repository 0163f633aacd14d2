import assert from "node:assert/strict";
import { test } from "node:test";
import type { TokenCorpus } from "../data/corpus/token-corpus.js";
import { heldOutRows } from "./held-out-rows.js";

/** A corpus of the numbers from `first` on. */
const numbers = (first: number, tokenCount: number): TokenCorpus => ({
  ...{ tokenCount, documentCount: 1, digest: String(first) },
  read: (start, length) => ({
    ...{ start, document: 0 },
    ids: Int32Array.from({ length: Math.min(length, tokenCount - start) }, (_, i) => first + start + i),
    begins: new Uint8Array(Math.min(length, tokenCount - start)),
  }),
});
const idsOf = (corpora: readonly TokenCorpus[], rowLength: number, limit: number): number[][] =>
  heldOutRows(corpora, rowLength, limit).stretches.map(({ ids }) => [...ids]);

test("held-out rows are whole, go over all corpora, and are spread where there are too many", () => {
  const corpora = [numbers(0, 9), numbers(100, 4), numbers(200, 3)];
  assert.deepEqual(idsOf(corpora, 4, 10), [
    ...[
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [100, 101, 102, 103],
    ],
    [200, 201, 202], // too short for a row
  ]);
  assert.deepEqual(idsOf([numbers(0, 100)], 10, 2), [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [50, 51, 52, 53, 54, 55, 56, 57, 58, 59],
  ]);
  assert.equal(heldOutRows([numbers(0, 100)], 10, 2).total, 10);
});
