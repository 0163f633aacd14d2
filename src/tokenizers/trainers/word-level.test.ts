import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { whitespaceSplit } from "../pre-tokenizers/whitespace-split.js";
import { trainCharacters } from "./characters.js";
import { countWords } from "./count-words.js";
import type { WordCounts } from "./word-counts.js";
import { byFrequency, trainWordLevel } from "./word-level.js";

const count = (text: string): Promise<WordCounts> => countWords([text], { preTokenizer: whitespaceSplit() });

describe("the trainer of words", () => {
  test("takes the most frequent ones, equals in the order of their characters", async () => {
    const words = await count("b b b ｱ ｱ 😀 😀 a a z [UNK]");
    assert.deepEqual(trainWordLevel(words), ["[UNK]", "b", "a", "ｱ", "😀", "z"]);
    assert.deepEqual(trainWordLevel(words, { vocabularySize: 3 }), ["[UNK]", "b", "a"]);
    assert.deepEqual(trainWordLevel(words, { minFrequency: 3, specialTokens: [] }), ["b"]);
    assert.deepEqual(trainWordLevel(words, { vocabularySize: 1 }), ["[UNK]"]);
  });

  test("keeps the best of many more than it has room for", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      token: `w${i}`,
      count: 1 + ((i * 7919) % 5000),
    }));
    const words: WordCounts = {
      size: rows.length,
      forEach(visit) {
        for (const row of rows) visit(row.token, row.count);
      },
    };
    const expected = rows.toSorted(byFrequency).slice(0, 300);
    assert.deepEqual(
      trainWordLevel(words, { vocabularySize: 300, specialTokens: [] }),
      expected.map(({ token }) => token),
    );
  });

  test("orders strings by code points", () => {
    const sorted = (...tokens: string[]): string[] =>
      tokens
        .map((token) => ({ token, count: 1 }))
        .sort(byFrequency)
        .map(({ token }) => token);
    assert.deepEqual(sorted("😁", "ab", "\uffee", "a", "😀", "あ"), ["a", "ab", "あ", "\uffee", "😀", "😁"]);
  });
});

describe("the trainer of characters", () => {
  test("takes the most frequent ones", async () => {
    const words = await count("aaa bb c😀 😀 \ud800");
    assert.deepEqual(trainCharacters(words), ["[UNK]", "a", "b", "😀", "c"]);
    assert.deepEqual(trainCharacters(words, { vocabularySize: 3 }), ["[UNK]", "a", "b"]);
    assert.deepEqual(trainCharacters(words, { minFrequency: 2, specialTokens: [] }), ["a", "b", "😀"]);
    assert.deepEqual(trainCharacters(words, { alphabetLimit: 1 }), ["[UNK]", "a"]);
  });

  test("keeps those that are asked for", async () => {
    const words = await count("aaa bb c");
    const initialAlphabet = ["z", "c"];
    assert.deepEqual(trainCharacters(words, { vocabularySize: 4, initialAlphabet }), [
      "[UNK]",
      "a",
      "c",
      "z",
    ]);
    const rare = { initialAlphabet, minFrequency: 3 };
    assert.deepEqual(trainCharacters(words, rare), ["[UNK]", "a", "c", "z"]);
  });
});
