import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bertNormalizer } from "../normalizers/bert.js";
import { bertPreTokenizer } from "../pre-tokenizers/bert.js";
import { whitespaceSplit } from "../pre-tokenizers/whitespace-split.js";
import { countWords } from "./count-words.js";
import { spillFiles } from "./files-spill.js";
import type { WordCounts } from "./word-counts.js";
import { SpilledCounts } from "./word-counts-runs.js";
import { WordCountStore } from "./word-counts-store.js";

function entries(counts: WordCounts): [string, number][] {
  const all: [string, number][] = [];
  counts.forEach((word, count) => {
    all.push([word, count]);
  });
  return all;
}

const sorted = (all: [string, number][]): [string, number][] => all.sort((a, b) => (a[0] < b[0] ? -1 : 1));

function plainCounts(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts];
}

describe("word counts", () => {
  test("go through normaliser and pre-tokenizer, in the order of first appearance", async () => {
    const counts = await countWords(["Über den Wolken,", "", "über  DEN"], {
      normalizer: bertNormalizer(),
      preTokenizer: bertPreTokenizer(),
    });
    assert.deepEqual(entries(counts), [
      ["uber", 2],
      ["den", 2],
      ["wolken", 1],
      [",", 1],
    ]);
    assert.equal(counts.size, 4);
  });

  test("a text is a word where nothing cuts it", async () => {
    assert.deepEqual(entries(await countWords(["a b", "c", "a b"])), [
      ["a b", 2],
      ["c", 1],
    ]);
  });

  test("are those of a Map, whatever the strings, in memory and spilled", async () => {
    const unit = fc.oneof(
      fc.constantFrom(..."aあé😀".split("")),
      fc.string({ unit: "binary", maxLength: 2 }),
    );
    const word = fc.array(unit, { minLength: 1, maxLength: 300 }).map((parts) => parts.join("") || "x");
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 80 }), async (words) => {
        const expected = plainCounts(words);
        assert.deepEqual(entries(await countWords(words)), expected);
        const spill = spillFiles();
        try {
          const spilled = await countWords(words, { spill, memoryLimit: 0 });
          assert.deepEqual(sorted(entries(spilled)), sorted(expected));
          assert.equal(spilled.size, expected.length);
          assert.deepEqual(entries(spilled), entries(spilled), "can be gone over twice");
        } finally {
          spill.close();
        }
      }),
      { numRuns: 12 },
    );
  });

  test("a hundred thousand words, spilled now and then", async () => {
    const words = Array.from({ length: 100_000 }, (_, i) => `w${(i * 7919) % 30_011}`);
    const folder = mkdtempSync(join(tmpdir(), "tsugiki-spill-"));
    const spill = spillFiles(folder);
    try {
      const texts = Array.from({ length: 1000 }, (_, i) => words.slice(i * 100, i * 100 + 100).join(" "));
      const options = { preTokenizer: whitespaceSplit() };
      const spilled = await countWords(texts, { ...options, spill, memoryLimit: 1.6 * 2 ** 20 });
      assert.ok(spilled instanceof SpilledCounts);
      assert.deepEqual(sorted(entries(spilled)), sorted(plainCounts(words)));
      assert.equal(readdirSync(folder).length, 1);
    } finally {
      spill.close();
    }
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });

  test("words of any length", async () => {
    const words = [254, 255, 256, 2 ** 19, 600_000].map((length) => "é".repeat(length));
    const all = [...words, "x", ...words];
    assert.deepEqual(entries(await countWords(all)), plainCounts(all));
    const spill = spillFiles();
    try {
      const spilled = await countWords(all, { spill, memoryLimit: 0 });
      assert.deepEqual(sorted(entries(spilled)), sorted(plainCounts(all)));
    } finally {
      spill.close();
    }
  });

  test("count beyond 32 bits", () => {
    const store = new WordCountStore();
    store.add("the", 0, 3, 2 ** 32 - 1);
    store.add("the", 0, 3, 2 ** 45);
    store.add("the", 0, 3, 2);
    store.add("of", 0, 2, 1);
    const spill = spillFiles();
    try {
      const spilled = new SpilledCounts(spill);
      spilled.write(store);
      spilled.write(store);
      const expected = 2 ** 32 + 1 + 2 ** 45;
      assert.deepEqual(entries(store), [
        ["the", expected],
        ["of", 1],
      ]);
      assert.deepEqual(sorted(entries(spilled.merge())), [
        ["of", 2],
        ["the", 2 * expected],
      ]);
    } finally {
      spill.close();
    }
  });

  test("an aborted count ends and leaves no files", async () => {
    const stop = new AbortController();
    const folder = mkdtempSync(join(tmpdir(), "tsugiki-spill-"));
    async function* texts(): AsyncGenerator<string> {
      for (let i = 0; ; i++) {
        if (i === 40_000) stop.abort();
        yield `word${i}`;
      }
    }
    const spill = spillFiles(folder);
    const counted = countWords(texts(), { spill, memoryLimit: 1.6 * 2 ** 20, signal: stop.signal });
    await assert.rejects(counted, { name: "AbortError" });
    assert.ok(existsSync(folder));
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });

  test("tell how far they have come", async () => {
    const seen: number[] = [];
    await countWords(Array(40_000).fill("a a"), {
      preTokenizer: whitespaceSplit(),
      onProgress: ({ textCount, wordCount, distinctCount }) => {
        assert.deepEqual([wordCount, distinctCount], [2 * textCount, 1]);
        seen.push(textCount);
      },
    });
    assert.deepEqual(seen, [16_384, 32_768, 40_000]);
  });
});
