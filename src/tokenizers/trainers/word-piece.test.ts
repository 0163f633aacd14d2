import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { needs, sharedJson, sharedPath } from "../../../test/shared.js";
import { Random } from "../../base/random.js";
import { bertNormalizer } from "../normalizers/bert.js";
import { bertPreTokenizer } from "../pre-tokenizers/bert.js";
import { whitespaceSplit } from "../pre-tokenizers/whitespace-split.js";
import { countWords } from "./count-words.js";
import { bertSpecialTokens } from "./trainer.js";
import type { WordCounts } from "./word-counts.js";
import { trainWordPiece } from "./word-piece.js";

const golden = "golden/tokenizers";

function countsOf(counts: Record<string, number>): WordCounts {
  const all = Object.entries(counts);
  return {
    size: all.length,
    forEach(visit) {
      for (const [word, count] of all) visit(word, count);
    },
  };
}

const repeated = (text: string): Promise<WordCounts> =>
  countWords([text], { preTokenizer: whitespaceSplit() });

/** What is learnt, without the special tokens. */
const learn = (words: WordCounts, options: Parameters<typeof trainWordPiece>[1] = {}): string[] =>
  trainWordPiece(words, { specialTokens: [], ...options });

/** Merging as the definition says, one pair after the other over all words. */
function plainly(
  counts: Record<string, number>,
  score: string,
  minFrequency: number,
  size: number,
): string[] {
  const letters = (word: string): string[] => [...word];
  const words = Object.entries(counts).map(([word, count]) => ({ symbols: letters(word), count }));
  const sorted = (all: Iterable<string>): string[] => [...new Set(all)].sort();
  const vocabulary = sorted(words.flatMap(({ symbols }) => symbols));
  const inner = sorted(words.flatMap(({ symbols }) => symbols.slice(1)));
  vocabulary.push(...inner.map((letter) => `##${letter}`));
  for (const word of words)
    word.symbols = word.symbols.map((letter, i) => (i === 0 ? letter : `##${letter}`));
  while (vocabulary.length < size) {
    const pairs = new Map<string, { left: string; right: string; count: number }>();
    const single = new Map<string, number>();
    for (const { symbols, count } of words) {
      symbols.forEach((right, i) => {
        single.set(right, (single.get(right) ?? 0) + count);
        const left = symbols[i - 1];
        if (left === undefined) return;
        const pair = pairs.get(`${left} ${right}`) ?? { left, right, count: 0 };
        pair.count += count;
        pairs.set(`${left} ${right}`, pair);
      });
    }
    const rank = ({ left, right, count }: { left: string; right: string; count: number }): number[] => [
      score === "frequency" ? -count : -count / (single.get(left)! * single.get(right)!),
      vocabulary.indexOf(left),
      vocabulary.indexOf(right),
    ];
    const compare = (a: number[], b: number[]): number => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!;
    const [best] = [...pairs.values()]
      .filter(({ count }) => count >= Math.max(1, minFrequency))
      .sort((a, b) => compare(rank(a), rank(b)));
    if (best === undefined) break;
    const merged = best.left + best.right.slice(2);
    if (!vocabulary.includes(merged)) vocabulary.push(merged);
    for (const word of words) {
      const spelt: string[] = [];
      for (let i = 0; i < word.symbols.length; i++) {
        const found = word.symbols[i] === best.left && word.symbols[i + 1] === best.right;
        spelt.push(found ? merged : word.symbols[i]!);
        if (found) i++;
      }
      word.symbols = spelt;
    }
  }
  return vocabulary;
}

describe("the WordPiece trainer", () => {
  test("shares 99 % of the vocabulary with the tokenizers library", needs(golden), async () => {
    const lines = readFileSync(sharedPath(`${golden}/corpus.txt`), "utf8")
      .trimEnd()
      .split("\n");
    const words = await countWords(lines, {
      normalizer: bertNormalizer(),
      preTokenizer: bertPreTokenizer(),
    });
    const ours = trainWordPiece(words, { vocabularySize: 4000 });
    const theirs = new Set(Object.keys(sharedJson(`${golden}/trained-wordpiece/tokenizer.json`).model.vocab));
    const differences = ours.filter((token) => !theirs.has(token));
    assert.equal(ours.length, 4000);
    assert.equal(new Set(ours).size, 4000);
    assert.deepEqual(ours.slice(0, 5), bertSpecialTokens);
    // The library numbers the letters within words as its hash map has them, and numbers decide between
    // equally frequent pairs: two runs of its own differ in 36 tokens.
    assert.ok(differences.length <= 36, `${differences.length} differ: ${differences.join(" ")}`);
  });

  test("merges the most frequent pair, or the one that its parts make least likely", async () => {
    const words = await repeated("hug hug hug hug hug hug hug hug hug hug pug pug pug pug pug pun pun hugs");
    const alphabet = ["g", "h", "n", "p", "s", "u", "##g", "##n", "##s", "##u"];
    assert.deepEqual(learn(words, { vocabularySize: 13 }), [...alphabet, "##ug", "hug", "pug"]);
    assert.deepEqual(learn(words, { vocabularySize: 12, score: "likelihood" }), [
      ...alphabet,
      "##gs", // 1 / (17 * 1)
      "hu", // 11 / (11 * 18), while "##u ##g" has 16 / (18 * 16)
    ]);
  });

  for (const score of ["frequency", "likelihood"] as const) {
    test(`by ${score}, with much memory and with little, is what the definition says`, () => {
      const word = fc.string({ unit: fc.constantFrom(..."aabbbc#"), minLength: 1, maxLength: 12 });
      const counts = fc.dictionary(word, fc.integer({ min: 1, max: 5 }), { minKeys: 1, maxKeys: 12 });
      fc.assert(
        fc.property(counts, fc.integer({ min: 0, max: 3 }), (table, minFrequency) => {
          const options = { vocabularySize: 40, score, minFrequency };
          const expected = plainly(table, score, minFrequency, 40);
          assert.deepEqual(learn(countsOf(table), options), expected);
          for (const memoryLimit of [24, 1000, 4000])
            assert.deepEqual(learn(countsOf(table), { ...options, memoryLimit }), expected);
        }),
        { numRuns: 25 },
      );
    });

    test(`by ${score}, many words in little memory give what they give in much`, () => {
      const random = new Random(5);
      const letter = (): string => "etaoinshrdlu"[Math.floor(12 * random.uniform() ** 2)]!;
      const word = (): string => Array.from({ length: 3 + random.integer(8) }, letter).join("");
      const table = Object.fromEntries(
        Array.from({ length: 3000 }, () => [word(), 1 + Math.floor(1 / random.uniform())]),
      );
      const options = { vocabularySize: 700, score };
      const expected = learn(countsOf(table), options);
      assert.equal(expected.length, 700);
      for (const memoryLimit of [10_000, 40_000, 160_000])
        assert.deepEqual(learn(countsOf(table), { ...options, memoryLimit }), expected);
    });
  }

  test("does not depend on the order of the words", () => {
    const counts = { lower: 2, low: 5, newest: 6, widest: 3 };
    const reversed = Object.fromEntries(Object.entries(counts).reverse());
    assert.deepEqual(learn(countsOf(counts)), learn(countsOf(reversed)));
    assert.deepEqual(learn(countsOf(counts)).slice(-4), learn(countsOf(reversed)).slice(-4));
  });

  test("counts beyond 32 bits", () => {
    const counts = countsOf({ ab: 2 ** 40, ac: 2 ** 40 + 1, ad: 3 });
    assert.deepEqual(learn(counts, { vocabularySize: 8 }).at(-1), "ac");
    assert.deepEqual(learn(counts, { minFrequency: 4 }).slice(-2), ["ac", "ab"]);
  });

  test("keeps the most frequent characters and those that are asked for", async () => {
    const words = await repeated("aaa bb b c 😀😀 \ud83d");
    assert.deepEqual(learn(words, { vocabularySize: 7 }), ["a", "b", "c", "😀", "##a", "##b", "##😀"]);
    assert.deepEqual(learn(words, { alphabetLimit: 2, vocabularySize: 4 }), ["a", "b", "##a", "##b"]);
    assert.deepEqual(learn(words, { alphabetLimit: 2, vocabularySize: 3, initialAlphabet: ["z"] }), [
      "a",
      "z",
      "##a",
    ]);
    const other = { continuingPrefix: "_", vocabularySize: 8, alphabetLimit: 1, specialTokens: ["?"] };
    assert.deepEqual(learn(words, other), ["?", "a", "_a", "aa", "aaa"]);
  });

  test("says that a vocabulary is too small", async () => {
    const words = await repeated("ab");
    assert.deepEqual(learn(words, { vocabularySize: 3 }), ["a", "b", "##b"]);
    assert.throws(() => trainWordPiece(words, { vocabularySize: 7 }), {
      name: "OptionError",
      message: "vocabulary size: expected at least 8, for the special tokens and every character, got 7",
    });
  });

  test("tells how far it has come", async () => {
    const done: number[] = [];
    learn(await repeated("abc abc"), {
      vocabularySize: 7,
      onProgress: (progress) => done.push(progress.done),
    });
    assert.deepEqual(done, [6, 7]);
  });
});
