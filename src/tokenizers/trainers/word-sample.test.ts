import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WordCounts } from "./word-counts.js";
import { sampleWords } from "./word-sample.js";

function counted(entries: readonly (readonly [string, number])[]): WordCounts {
  return {
    size: entries.length,
    forEach: (visit) => {
      for (const [word, count] of entries) visit(word, count);
    },
  };
}

function entriesOf(words: WordCounts): [string, number][] {
  const entries: [string, number][] = [];
  words.forEach((word, count) => {
    entries.push([word, count]);
  });
  return entries;
}

describe("sampleWords", () => {
  const rare = Array.from({ length: 10_000 }, (_, i): [string, number] => [`word${i}`, 1]);
  const words = counted([["frequent", 5000], ...rare]);

  test("what fits is left as it is", () => {
    const { words: same, sample } = sampleWords(words, 1e6);
    assert.equal(same, words);
    assert.equal(sample, undefined);
  });

  test("of more, every occurrence is kept at the same odds", () => {
    const { words: sampled, sample } = sampleWords(words, 40_000);
    const entries = entriesOf(sampled);
    const size = entries.reduce((sum, [word]) => sum + word.length + 8, 0);
    assert.ok(Math.abs(size - 40_000) < 2000, `${size}`);
    const [frequent, ...others] = entries;
    assert.ok(Math.abs(frequent![1] - 5000 * sample!.share) <= 1);
    assert.ok(Math.abs(others.length - 10_000 * sample!.share) < 200);
    assert.deepEqual(sample, { share: sample!.share, keptCount: entries.length, distinctCount: 10_001 });
    assert.equal(sampled.size, entries.length);
  });

  test("the same words give the same sample, in whatever order", () => {
    const { words: one } = sampleWords(words, 40_000);
    const { words: other } = sampleWords(counted([...rare, ["frequent", 5000]]), 40_000);
    assert.deepEqual(entriesOf(one).sort(), entriesOf(other).sort());
  });
});
