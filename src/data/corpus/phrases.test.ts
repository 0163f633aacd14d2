import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../../base/index.js";
import { CountTable } from "./count-table.js";
import { findPhrases } from "./phrases.js";
import { documentBegins, sentenceBegins, type TokenCorpus, wordBegins } from "./token-corpus.js";

/** A word by its tokens; a sentence of words. */
type Word = readonly number[];

/** A corpus of sentences, a document each. */
function corpusOf(sentences: readonly (readonly Word[])[]): TokenCorpus {
  const tokens = sentences.flatMap((sentence) =>
    sentence.flatMap((word, i) =>
      word.map((id, k) => {
        const first = i === 0 && k === 0 ? sentenceBegins | documentBegins : 0;
        return { id, begins: first | (k === 0 ? wordBegins : 0) };
      }),
    ),
  );
  return {
    ...{ tokenCount: tokens.length, documentCount: sentences.length, digest: "" },
    read(start, length) {
      const part = tokens.slice(start, start + length);
      return {
        ...{ start, document: 0 },
        ids: Int32Array.from(part, ({ id }) => id),
        begins: Uint8Array.from(part, ({ begins }) => begins),
      };
    },
  };
}

/** Words 0 to 19 at random, some of two tokens; [1, 2] mostly together, and [3, 4, 5] always. */
function sentencesWithPhrases(count: number): Word[][] {
  const random = new Random(4);
  const word = (number: number): Word => (number % 3 === 0 ? [number + 100, number] : [number + 100]);
  return Array.from({ length: count }, () => {
    const numbers: number[] = [];
    for (let i = 0; i < 6; i++) {
      const draw = random.integer(16);
      if (draw === 0) numbers.push(1, 2);
      else if (draw === 1) numbers.push(3, 4, 5);
      else numbers.push(6 + random.integer(14));
    }
    return numbers.map(word);
  });
}

describe("findPhrases", () => {
  const sentences = sentencesWithPhrases(600);
  const corpus = corpusOf(sentences);

  /** The same by definition: all counts, all ways to cut. */
  function byDefinition(longest: number, minCount: number): Map<string, number> {
    const counts = new Map<string, number>();
    const totals = new Map<number, number>();
    const runs = sentences.map((sentence) => sentence.map((word) => word.join("+")));
    for (const run of runs)
      for (let length = 1; length <= longest; length++)
        for (let at = 0; at + length <= run.length; at++) {
          const key = run.slice(at, at + length).join(" ");
          counts.set(key, (counts.get(key) ?? 0) + 1);
          totals.set(length, (totals.get(length) ?? 0) + 1);
        }
    const logarithm = (words: readonly string[]): number =>
      Math.log((counts.get(words.join(" ")) ?? 0) / totals.get(words.length)!);
    const cuts = (words: readonly string[]): string[][][] =>
      words.length === 0
        ? [[]]
        : Array.from({ length: words.length }, (_, i) => i + 1).flatMap((size) =>
            cuts(words.slice(size)).map((rest) => [words.slice(0, size), ...rest]),
          );
    const found = new Map<string, number>();
    for (const [key, count] of counts) {
      const words = key.split(" ");
      if (words.length < 2 || count < minCount) continue;
      const parted = cuts(words)
        .filter((parts) => parts.length > 1)
        .map((parts) => parts.reduce((sum, part) => sum + logarithm(part), 0));
      const information = logarithm(words) - Math.max(...parted);
      if (information > 0) found.set(key, information);
    }
    return found;
  }

  test("are those of the definition: counted in passes, weighed against the likeliest way to cut them", async () => {
    const expected = byDefinition(4, 8);
    const all = await findPhrases([corpus], { longest: 4, minCount: 8, coverage: Infinity });
    const lengths = [...expected.keys()].map((key) => key.split(" ").length);
    assert.deepEqual(
      all.counts,
      [2, 3, 4].map((length) => lengths.filter((own) => own === length).length),
    );
    for (const key of expected.keys()) {
      const words = key.split(" ").map((word) => word.split("+").map(Number));
      assert.equal(all.lengthAt(words, 0), words.length, key);
    }
    assert.equal(all.forgottenUpTo, 0);
  });

  test("the ones with most information come first, up to the share of the text that is asked for", async () => {
    const ranked = [...byDefinition(4, 8)].sort((a, b) => b[1] - a[1]);
    // what was planted comes first; each of both holds more than one word in twenty
    assert.equal(ranked[0]![0], "101 102");
    const planted = ["103+3 104", "104 105", "103+3 104 105"];
    assert.ok(planted.every((key) => ranked.slice(1, 4).some(([own]) => own === key)));
    const few = await findPhrases([corpus], { longest: 4, minCount: 8, coverage: 0.05 });
    assert.deepEqual(few.counts, [1, 0, 0]);
    assert.equal(few.lengthAt([[101], [102], [107]], 0), 2);
    assert.equal(few.lengthAt([[107], [101], [102]], 1), 2);
    assert.equal(few.lengthAt([[103, 3], [104], [105]], 0), 1);
    const more = await findPhrases([corpus], { longest: 4, minCount: 8, coverage: 0.5 });
    assert.equal(more.lengthAt([[103, 3], [104], [105], [106, 6]], 0), 3);
    assert.ok(more.coverage >= 0.5 && more.coverage < 0.8);
  });

  test("two corpora are counted as one; a corpus without phrases has none", async () => {
    const half = sentences.length / 2;
    const parts = [corpusOf(sentences.slice(0, half)), corpusOf(sentences.slice(half))];
    const options = { longest: 4, minCount: 8, coverage: Infinity };
    assert.deepEqual(
      (await findPhrases(parts, options)).counts,
      (await findPhrases([corpus], options)).counts,
    );
    const none = await findPhrases([corpusOf([[[1], [2]]])]);
    assert.deepEqual([none.counts, none.coverage], [[0, 0, 0, 0], 0]);
    assert.equal(none.lengthAt([[1], [2]], 0), 1);
  });

  test("with little memory rare ones are forgotten, and that is told", async () => {
    const tight = await findPhrases([corpus], {
      longest: 3,
      minCount: 3,
      coverage: Infinity,
      memory: 18 * 64,
    });
    assert.ok(tight.forgottenUpTo > 0);
    assert.equal(tight.lengthAt([[103, 3], [104], [105]], 0), 3, "what is frequent stays");
  });
});

describe("CountTable", () => {
  test("counts as a map does, until it is full", () => {
    const [table, map] = [new CountTable(18 * 4096), new Map<number, number>()];
    const random = new Random(1);
    for (let i = 0; i < 20_000; i++) {
      const key = random.integer(800) * 4_294_967_291; // beyond 32 bits
      table.add(key);
      map.set(key, (map.get(key) ?? 0) + 1);
    }
    assert.equal(table.size, map.size);
    for (const [key, count] of map) assert.equal(table.get(key), count);
    assert.equal(table.get(17), 0);
    table.forget(26);
    for (const [key, count] of map) assert.equal(table.get(key), count < 26 ? 0 : count);
    assert.equal(table.forgottenUpTo, 0);
  });

  test("takes no more than it is given: the rarest give way", () => {
    const table = new CountTable(18 * 64);
    for (let i = 0; i < 50; i++) for (let key = 0; key < 10; key++) table.add(key);
    for (let key = 1000; key < 3000; key++) table.add(key);
    assert.ok(table.size <= 64 && table.forgottenUpTo > 0);
    for (let key = 0; key < 10; key++) assert.equal(table.get(key), 50);
  });
});
