import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wordPieceTokenizer } from "../src/tokenizers/index.js";
import { learnWordPieces } from "./word-pieces.js";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const sizes = { size: 100, characterCount: 50 };

describe("learnWordPieces", () => {
  test("begins with what is given, then has characters in the forms that occur, then merged pieces", () => {
    const counts = new Map([
      ["low", 5],
      ["lower", 2],
    ]);
    const vocabulary = learnWordPieces(counts, special, ["a"], { size: 15, characterCount: 50 });
    assert.deepEqual(vocabulary.slice(0, 7), [...special, "a", "##a"]);
    assert.deepEqual(vocabulary.slice(7, 12), ["##o", "##w", "l", "##e", "##r"]);
    assert.ok(vocabulary.includes("lo") && vocabulary.includes("##er"), vocabulary.join(" "));
    assert.equal(vocabulary.length, 15);
  });

  test("stops where there is nothing to merge", () => {
    const vocabulary = learnWordPieces(new Map([["aab", 3]]), special, [], sizes);
    assert.ok(vocabulary.includes("aab"));
    assert.ok(vocabulary.length < sizes.size);
    assert.equal(new Set(vocabulary).size, vocabulary.length);
  });

  test("rare characters stay out, and with them the words that have them", () => {
    const counts = new Map([
      ["ああ", 9],
      ["い", 8],
      ["ああん", 2],
    ]);
    const vocabulary = learnWordPieces(counts, special, [], { size: 100, characterCount: 2 });
    assert.deepEqual(vocabulary.slice(special.length), ["##あ", "あ", "い", "ああ"]);
  });

  test("the order of the words does not matter", () => {
    const words = ["これは", "それは", "あれは", "これも", "the", "then", "there"].map(
      (word, i): [string, number] => [word, 2 + (i % 3)],
    );
    assert.deepEqual(
      learnWordPieces(new Map(words), special, [], sizes),
      learnWordPieces(new Map(words.toReversed()), special, [], sizes),
    );
  });

  test("a tokenizer spells with the longest pieces", () => {
    const counts = new Map([
      ["です", 50],
      ["でした", 20],
      ["ました", 30],
    ]);
    const tokenizer = wordPieceTokenizer(learnWordPieces(counts, special, [], sizes), {
      stripAccents: false,
    });
    assert.deepEqual(tokenizer.encode("でした", { specialTokens: false }).tokens, ["でした"]);
    assert.deepEqual(tokenizer.encode("まです", { specialTokens: false }).tokens, ["[UNK]"]);
  });
});
