import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs } from "../../test/shared.js";
import { minilm, minilmFile, spelling } from "./fixtures.test.js";
import { joinWords, wordsAsGiven, wordsOfText } from "./text-words.js";

const tokenizer = spelling(["mary", "lives"]);

function wordsIn(text: string, by = tokenizer): string[] {
  const { starts, ends } = wordsOfText(text, by.encode(text));
  return Array.from(starts, (start, i) => text.slice(start, ends[i]));
}

describe("wordsOfText", () => {
  test("words of a language with spaces stay whole", () => {
    assert.deepEqual(wordsIn("Mary lives, you see."), ["Mary", "lives", ",", "you", "see", "."]);
    assert.deepEqual(wordsIn("b2b"), ["b2b"]);
  });

  test("a change of Japanese script ends a word, the prolonged sound mark does not", () => {
    assert.deepEqual(wordsIn("ソニーがアイ"), ["ソニー", "が", "アイ"]);
    assert.deepEqual(wordsIn("aiと東京"), ["ai", "と", "東", "京"]);
  });

  test("a word begins with its first token", () => {
    const encoding = tokenizer.encode("ao ソニが");
    const { firstTokens } = wordsOfText("ao ソニが", encoding);
    assert.deepEqual([...firstTokens], [0, 2, 4]); // a ##o ソ ##ニ ##が
  });

  test("a text without tokens has no words", () => {
    assert.equal(wordsOfText(" ", tokenizer.encode(" ")).starts.length, 0);
  });

  test("the pieces of a real tokenizer, an unknown word being one piece", needs(minilmFile), () => {
    assert.deepEqual(wordsIn("SPRiNGSとライバルグループ。😀x", minilm()), [
      "SPRiNGS",
      "と",
      "ライバルグループ",
      "。",
      "😀x",
    ]);
  });
});

describe("wordsAsGiven", () => {
  test("names the first token of each word, and none for words without tokens", () => {
    const encoding = tokenizer.encodeWords(["ao", "\u0000", "mary", ""]);
    const words = wordsAsGiven(4, encoding);
    assert.deepEqual([...words.firstTokens], [0, -1, 2, -1]);
    assert.deepEqual([...words.starts], [0, 1, 2, 3]);
    assert.deepEqual([...words.ends], [1, 2, 3, 4]);
  });
});

describe("joinWords", () => {
  test("puts spaces where a language writes them", () => {
    assert.equal(joinWords(["New", "York", "City"]), "New York City");
    assert.equal(joinWords(["東京", "の", "大学"]), "東京の大学");
    assert.equal(joinWords(["ソニー", "Group"]), "ソニー Group");
    assert.equal(joinWords([]), "");
  });
});
